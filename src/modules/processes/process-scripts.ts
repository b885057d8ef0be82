// One `ls` over all of /proc instead of three forks a process; only candidates are looked at more closely.
// `hidden` is printed where nothing found would prove nothing: not root, or (root without all of its rights, as in a
// container) a process whose program cannot be seen and whose short name would fit.
// `keeper` says who would start a process again: a parent of its that is known to do so, else what its control group
// tells (a unit of systemd, a container of kubelet), else `-`.
const functions = `
LC_ALL=C; export LC_ALL
keeper() {
  at=$1
  while [ "$at" -gt 1 ]; do
    stat=$(cat "/proc/$at/stat" 2>/dev/null) || break
    set -- \${stat##*) }; at=$2
    read -r short <"/proc/$at/comm" || break
    case $short in
      supervisord | runsv | s6-supervise | monit | pm2* | supervise-daemon | containerd-shim* | conmon | docker-containe*)
        echo "$short:$at"; return ;;
    esac
  done 2>/dev/null
  group=$(cat "/proc/$2/cgroup" 2>/dev/null)
  case $group in *kubepods*) echo kubelet; return ;; esac
  unit=$(printf '%s\\n' "$group" | sed -n 's,.*/\\([^/ ]*\\.service\\)$,\\1,p' | head -n 1)
  echo "\${unit:--}"
}
find_processes() {
  name=$1
  [ -d /proc/1 ] || echo hidden
  network=$(readlink /proc/self/ns/net)
  ls -l /proc/[0-9]*/exe 2>&1 | {
    set -f
    while IFS= read -r line; do
      case $line in
        *'ermission denied'*)
          if [ "$(id -u)" != 0 ]; then echo hidden; break; fi
          pid=\${line#*/proc/}
          read -r short <"/proc/\${pid%%/*}/comm" || continue
          if [ "$short" = "$(printf %.15s "$name")" ]; then echo hidden; fi
          continue ;;
        *"/$name" | *"/$name (deleted)") ;;
        *) continue ;;
      esac
      pid=\${line#*/proc/}; pid=\${pid%%/*}
      exe=$(readlink "/proc/$pid/exe") || continue
      file=\${exe##*/}
      [ "\${file% (deleted)}" = "$name" ] || continue
      [ "$(readlink "/proc/$pid/ns/net")" = "$network" ] || continue
      stat=$(cat "/proc/$pid/stat" 2>/dev/null) || continue
      set -- \${stat##*) }
      case $1 in Z | X | x) continue ;; esac
      echo "$pid \${20} $1 $(keeper "$pid" "$pid") $exe"
    done
  }
}
`;

/** $1 file name of a program. A line for each process of it: PID START STATE KEEPER EXE. */
export const findScript = `${functions}
find_processes "$1"
`;

// The start time is read again right before each signal. A stopped process (state T) sees TERM only after CONT. A
// supervisor starts another about a second after a kill: it is looked for, and named.
const ending = `
set -f
program=$1 patience=$2; shift 2
alive() {
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  start=$2
  set -- \${stat##*) }
  case $1 in Z | X | x) return 1 ;; esac
  state=$1
  [ "\${20}" = "$start" ]
}
signal() {
  name=$1; shift
  while [ $# -gt 0 ]; do
    if alive "$1" "$2"; then
      kill -s "$name" "$1" 2>/dev/null
      case $state in T | t) kill -s CONT "$1" 2>/dev/null ;; esac
    fi
    shift 2
  done
}
any_alive() {
  while [ $# -gt 0 ]; do
    if alive "$1" "$2"; then return 0; fi
    shift 2
  done
  return 1
}
clock() { read -r up idle </proc/uptime; now=\${up%.*}\${up#*.}; }
gone_within() {
  clock; until=$((now + $1)); shift
  while any_alive "$@"; do
    clock
    [ "$now" -lt "$until" ] || return 1
    sleep 0.05 2>/dev/null || sleep 1
  done
}
any_alive "$@" || exit 0
signal TERM "$@"
if ! gone_within "$patience" "$@"; then
  signal KILL "$@"
  if ! gone_within 500 "$@"; then
    while [ $# -gt 0 ]; do
      if alive "$1" "$2"; then
        case $state in D) why='waits in the kernel for a device or a file system (state D), and ends once that answers' ;;
          *) why="is in state $state" ;; esac
        echo "process $1 is still there 5 s after KILL: it $why" >&2
      fi
      shift 2
    done
    exit 1
  fi
fi
set +f
clock; until=$((now + 300))
while again=$(find_processes "$program"); [ -z "$again" ] && [ "$now" -lt "$until" ]; do
  sleep 0.4 2>/dev/null || sleep 1
  clock
done
printf '%s\\n' "$again" | {
  again=
  while read -r pid start state keeper exe; do
    if [ -z "$pid" ]; then continue; fi
    case $keeper in
      '' | -) who= ;;
      supervisord:*) who=' by supervisord: stop the program with supervisorctl first' ;;
      kubelet | containerd-shim*) who=' in a container: stop it where that is managed (kubectl, docker)' ;;
      docker-containe* | conmon:*) who=' in a container: stop it where that is managed (docker, podman)' ;;
      *.service) who=" by systemd: stop its unit $keeper first" ;;
      *) who=" by \${keeper%%:*} (process \${keeper#*:}): stop it there first" ;;
    esac
    echo "$program was started again as process $pid$who" >&2
    again=yes
  done
  [ -z "$again" ]
}
`;

/** $1 file name of the program, $2 hundredths of a second until KILL, $3... PID START of each process. */
export const endScript = `${functions}${ending}`;

/** $1 file name of the program, $2 hundredths of a second until KILL. Ends every process of it that is there by then. */
export const endFoundScript = `${functions}
found=$(find_processes "$1")
if printf '%s\\n' "$found" | grep -qx hidden; then
  echo "not all processes can be seen, so none of $1 was ended" >&2; exit 1
fi
set -f
set -- "$1" "$2" $(printf '%s\\n' "$found" | while read -r pid start rest; do echo "$pid $start"; done)
${ending}`;
