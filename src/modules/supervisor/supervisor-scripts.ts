// supervisorctl takes 0.3 s a call, most of it Python's start. Asking supervisord itself over its socket takes a
// hundredth, so both scripts try that first where the socket is plain to see (the config file that supervisorctl
// itself would use, a unix socket, no password, a curl that can). On anything odd they leave it to supervisorctl,
// whose words are the fallback and the reference. What it says of programs is on stdout; a Python that has something to
// say of its own, such as warnings, does that on stderr: `words` takes it only where there is nothing else.

const prelude = `
LC_ALL=C; export LC_ALL
config=$1
control() {
  if [ -n "$config" ]; then supervisorctl -c "$config" "$@"; else supervisorctl "$@"; fi
}
words() { control "$@" 2>/dev/null | grep . || control "$@" 2>&1; }
config_file() {
  if [ -n "$config" ]; then file=$config; return; fi
  here=$(command -v supervisorctl) || return 1
  here=\${here%/*}; here=\${here%/*}
  for file in "$here/etc/supervisord.conf" "$here/supervisord.conf" supervisord.conf etc/supervisord.conf \\
    /etc/supervisord.conf /etc/supervisor/supervisord.conf; do
    if [ -e "$file" ]; then return 0; fi
  done
  return 1
}
find_socket() {
  config_file || return 1
  section= socket=
  while IFS= read -r line || [ -n "$line" ]; do
    line=\${line%% ;*}
    case $line in
      '['*']'*) section=\${line%%]*}; section=\${section#'['}; continue ;;
      *'%('*) if [ "$section" = supervisorctl ]; then return 1; fi ;;
    esac
    if [ "$section" != supervisorctl ]; then continue; fi
    key=\${line%%=*}; value=\${line#*=}
    key=\${key%%[[:space:]]*}
    while :; do case $value in ' '*) value=\${value# } ;; *' ') value=\${value% } ;; *) break ;; esac; done
    case $key in
      username | password) return 1 ;;
      serverurl) socket=\${value#unix://}; if [ "$socket" = "$value" ]; then return 1; fi ;;
    esac
  done <"$file" 2>/dev/null
  [ -S "$socket" ]
}
ask() {
  find_socket || return 1
  answer=$(curl -q -sf --noproxy '*' --max-time "$1" --unix-socket "$socket" -H 'Content-Type: text/xml' \\
    --data-binary "$2" http://localhost/RPC2 2>/dev/null) || return 1
  case $answer in '<?xml'*'</methodResponse>'*) ;; *) return 1 ;; esac
}
`;

// What the configuration says of every program: by supervisord's own word where it tells (from 4.2 on), else by the
// text of the file that supervisorctl uses and of what it includes. Only these few keys: commands may hold passwords.
const settings = `
all_settings() {
  if [ -n "$1" ] && ask 10 "$1"; then
    told=$(printf '%s\\n' "$answer" | sed -n '
      /<name>\\(group\\|name\\|startsecs\\|startretries\\|stopwaitsecs\\|stdout_logfile\\)</{
        N; s/.*<name>\\([a-z_]*\\)<.*<value><[a-z]*>\\([^<]*\\)<.*/\\1=\\2/p
      }')
    case $told in *startsecs=*) printf '%s\\n' "$told"; return ;; esac
  fi
  config_file || return 0
  folder=\${file%/*}
  included=$(sed -n '/^\\[include\\]/,/^\\[[^i]/s/^files *[=:] *//p' "$file" 2>/dev/null)
  set --
  for each in $included; do
    case $each in /*) ;; *) each=$folder/$each ;; esac
    for one in $each; do if [ -f "$one" ]; then set -- "$@" "$one"; fi; done
  done
  keys='startsecs\\|startretries\\|stopwaitsecs\\|stdout_logfile'
  sed -n "s/[[:space:]]\\{1,\\};.*//; /^\\[/p; s/^\\($keys\\)[[:space:]]*[=:][[:space:]]*/\\1=/p" "$file" "$@" 2>/dev/null
}
show_settings() {
  logs=$(printf '%s\\n' "\${answer-}" | sed -n '/<name>stdout_logfile</{ N; s,.*<value><string>\\(/[^<]*\\)<.*,\\1,p; }')
  told=$(all_settings "$1")
  printf '== settings\\n%s\\n== logs\\n' "$told"
  printf '%s\\n%s\\n' "$logs" "$told" | sed 's/^stdout_logfile=//' | while IFS= read -r one; do
    case $one in /*) stat -c '%i %s %n' -- "$one" 2>/dev/null ;; esac
  done
}
`;

/**
 * $1 config file or "", $2 program, $3 the question as XML, $4 the question for all settings. Prints supervisord's XML
 * or supervisorctl's lines; then `== settings`, key=value lines; then `== logs`, a line `INODE SIZE PATH` for each.
 */
export const statusScript = `${prelude}${settings}
if ask 10 "$3"; then printf '%s\\n' "$answer"; show_settings "$4"; exit 0; fi
answer=
control status "$2"; code=$?
show_settings ''
exit $code
`;

// Reading its files again changes nothing that runs: it is what tells whether supervisord runs by them.
/** $1-$4 as for the status, $5 the script that reads a file, $6... its arguments. Three parts: file, reread, status. */
export const installedScript = `${prelude}${settings}
shift_to_file() { shift 4; text=$1; shift; sh -c "$text" sh "$@" '' ''; }
shift_to_file "$@" || exit
echo '== reread'
words reread
echo '== status'
if ask 10 "$3"; then printf '%s\\n' "$answer"; show_settings "$4"; exit 0; fi
answer=
control status "$2"; code=$?
show_settings ''
exit $code
`;

const updating = `
said=$(control update "$2" 2>/dev/null)
printf '%s\\n' "$said"
case $said in *'no such group'*) ;; *ERROR* | *error:*) printf '%s\\n' "$said" >&2; exit 1 ;; esac
`;

/** $1 config file or "", $2 group. */
export const updateScript = `${prelude}${updating}`;

// supervisorctl's exit codes say nothing before version 4.0, and some of its words are ambiguous ("already started"
// of a program in BACKOFF, "not running" of one that is still STOPPING), so only the plain success of every target
// ends the matter; else the status is asked until it settles. A start that was asked for during a stop is lost
// ("abnormal termination", then STOPPED) and is asked for again.
const moving = `
verb=$2; patience=$3; request=$4; shift 4
if [ -n "$request" ] && ask "$patience" "$request"; then
  case $answer in *'<boolean>1</boolean>'*) exit 0 ;; esac
fi
case $verb in start) done=started; goal=' RUNNING ' ;; stop) done=stopped; goal=' (STOPPED|EXITED|FATAL) ' ;; esac
clock() { read -r up idle </proc/uptime; now=\${up%%.*}; }
clock; until=$((now + patience))
while :; do
  said=$(words "$verb" "$@")
  if ! printf '%s\\n' "$said" | grep -qv ": $done\\$"; then exit 0; fi
  while :; do
    status=$(words status "$@")
    if ! printf '%s\\n' "$status" | grep -Eqv "$goal"; then exit 0; fi
    clock
    if [ "$now" -ge "$until" ]; then break 2; fi
    sleep 0.2 2>/dev/null || sleep 1
    case $verb:$status:$said in
      start:*' STOPPING '* | start:*' STOPPED '*'abnormal termination'*) break ;;
      stop:*' RUNNING '* | stop:*' STARTING '* | stop:*' BACKOFF '*) break ;;
      *' STOPPING '* | *' STARTING '* | *' BACKOFF '*) ;;
      *) break 2 ;;
    esac
  done
done
printf '%s\\n%s\\n' "$said" "$status" >&2
exit 1
`;

/** $1 config, $2 start|stop, $3 seconds to wait, $4 the request as XML or "", $5... programs. */
export const moveScript = `${prelude}${moving}`;

/** Both as functions of sh, with the same words: `move` and `update`. $1 of the script itself is the config file or "". */
export const functions = `${prelude}
move() (${moving})
update() (${updating})
`;
