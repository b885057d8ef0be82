// supervisorctl takes 0.3 s a call, most of it Python's start. Asking supervisord itself over its socket takes a
// hundredth, so both scripts try that first where the socket is plain to see (the config file that supervisorctl
// itself would use, a unix socket, no password, a curl that can). On anything odd they leave it to supervisorctl,
// whose words are the fallback and the reference.

const prelude = `
LC_ALL=C; export LC_ALL
config=$1
control() {
  if [ -n "$config" ]; then supervisorctl -c "$config" "$@"; else supervisorctl "$@"; fi
}
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

/** $1 config file or "", $2 program, $3 the question as XML. Prints supervisord's XML, or supervisorctl's lines. */
export const statusScript = `${prelude}
if ask 10 "$3"; then printf '%s\\n' "$answer"; exit 0; fi
control status "$2"
`;

// supervisorctl's exit codes say nothing before version 4.0, and some of its words are ambiguous ("already started"
// of a program in BACKOFF, "not running" of one that is still STOPPING), so only the plain success of every target
// ends the matter; else the status is asked until it settles. A start that was asked for during a stop is lost
// ("abnormal termination", then STOPPED) and is asked for again.
/** $1 config, $2 start|stop, $3 seconds to wait, $4 the request as XML or "", $5... programs. */
export const moveScript = `${prelude}
verb=$2; patience=$3; request=$4; shift 4
if [ -n "$request" ] && ask "$patience" "$request"; then
  case $answer in *'<boolean>1</boolean>'*) exit 0 ;; esac
fi
case $verb in start) done=started; goal=' RUNNING ' ;; stop) done=stopped; goal=' (STOPPED|EXITED|FATAL) ' ;; esac
clock() { read -r up idle </proc/uptime; now=\${up%%.*}; }
clock; until=$((now + patience))
while :; do
  said=$(control "$verb" "$@" 2>&1)
  if ! printf '%s\\n' "$said" | grep -qv ": $done\\$"; then exit 0; fi
  while :; do
    status=$(control status "$@" 2>&1)
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
