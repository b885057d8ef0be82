// Three managers of services. systemd is asked for properties, never for words; `show` exits with 0 for a unit that it
// does not know. Where systemd does not run: OpenRC, else the init scripts of SysV with their LSB exit codes.

const prelude = `
LC_ALL=C; export LC_ALL
name=$1
unit=$name; case $unit in *.*) ;; *) unit=$name.service ;; esac
manager() {
  if [ -d /run/systemd/system ]; then echo systemd
  elif command -v rc-service >/dev/null && [ -x "/etc/init.d/$name" ]; then echo openrc
  elif [ -x "/etc/init.d/$name" ]; then echo sysv
  fi
}
properties='LoadState,ActiveState,SubState,UnitFileState,MainPID,NRestarts,Result,ExecMainStatus,NeedDaemonReload,Type'
show() { systemctl show --no-pager -p "$properties" -- "$unit"; }
`;

// A script that is linked as S in some runlevel is enabled, one that is linked only as K is disabled, else it is unlinked.
const telling = `
found=$(manager)
echo "$found"
case $found in
  systemd) show ;;
  openrc)
    rc-service "$name" status >/dev/null 2>&1; echo "status=$?"
    rc-update show 2>/dev/null | sed -n "s/^ *$name *| *//p" | tr -s ' \\t' '\\n\\n' | sed -n '/./s/^/level=/p' ;;
  sysv)
    "/etc/init.d/$name" status </dev/null >/dev/null 2>&1; echo "status=$?"
    for link in /etc/rc[0-6S].d/[SK][0-9][0-9]"$name" /etc/rc.d/rc[0-6].d/[SK][0-9][0-9]"$name"; do
      if [ -h "$link" ]; then echo "link=$link"; fi
    done ;;
esac
exit 0
`;

/** $1 name. First line: the manager, or nothing; then KEY=VALUE lines. */
export const statusScript = `${prelude}${telling}`;

// A start of systemd's returns before a daemon of Type=simple has failed, and init scripts return as they like: success
// is a state that lasts for a second. The last lines say why it does not.
const switching = `
verb=$2 patience=$3
state() {
  case $found in
    systemd)
      about=$(show)
      for want in ActiveState MainPID NRestarts; do printf '%s\\n' "$about" | grep "^$want="; done | tr '\\n' ' ' ;;
    openrc) if rc-service "$name" status >/dev/null 2>&1; then echo running; else echo "stopped $?"; fi ;;
    sysv)
      "/etc/init.d/$name" status </dev/null >/dev/null 2>&1; code=$?
      case $code in 0) echo running ;; *) echo "stopped $code" ;; esac ;;
  esac
}
settled() {
  case $verb:$1 in
    start:ActiveState=active* | stop:ActiveState=inactive* | stop:ActiveState=failed* | start:running | stop:stopped*) ;;
    *) return 1 ;;
  esac
}
clock() { read -r up idle </proc/uptime; now=\${up%%.*}; }
found=$(manager)
case $found in
  systemd) said=$(systemctl --no-ask-password "$verb" -- "$unit" 2>&1) ;;
  openrc) said=$(rc-service "$name" "$verb" 2>&1 </dev/null) ;;
  sysv) said=$("/etc/init.d/$name" "$verb" 2>&1 </dev/null) ;;
  *) echo "no service $name" >&2; exit 1 ;;
esac
clock; until=$((now + patience))
while :; do
  one=$(state)
  if settled "$one"; then
    sleep 1
    two=$(state)
    if [ "$one" = "$two" ]; then exit 0; fi
  else
    case $one in *ActiveState=failed*) break ;; esac
    sleep 0.2 2>/dev/null || sleep 1
  fi
  clock; [ "$now" -lt "$until" ] || break
done
printf '%s\\n' "$said" >&2
if [ "$found" = systemd ]; then
  show | grep -E '^(ActiveState|SubState|Result|ExecMainStatus|NRestarts)=' | tr '\\n' ' ' >&2
else
  echo "$name: $(state)" >&2
fi
exit 1
`;

/** $1 name, $2 start|stop, $3 seconds to wait for it to settle. */
export const switchScript = `${prelude}${switching}`;

const booting = `
verb=$2 levels=$3
found=$(manager)
case $found in
  systemd) systemctl --no-ask-password "$verb" -- "$unit" ;;
  openrc)
    rc-update -a del "$name" >/dev/null 2>&1
    if [ "$verb" = enable ]; then for level in \${levels:-default}; do rc-update add "$name" "$level" || exit 1; done; fi ;;
  sysv)
    if command -v chkconfig >/dev/null; then
      case $verb in
        enable) chkconfig --add "$name" && chkconfig "$name" on ;;
        disable) chkconfig "$name" off ;;
        *) chkconfig --del "$name" ;;
      esac
    else
      case $verb in
        enable) update-rc.d "$name" defaults && update-rc.d "$name" enable ;;
        disable) update-rc.d "$name" defaults && update-rc.d "$name" disable ;;
        *) update-rc.d -f "$name" remove ;;
      esac
    fi ;;
esac
`;

/** $1 name, $2 enable|disable|unlink, $3 runlevels of OpenRC to be in. */
export const bootScript = `${prelude}${booting}`;

/** All three as functions of sh: `tell` without words, `turn` and `boot` with the same words. $1 of the script itself is the name. */
export const functions = `${prelude}
tell() (${telling})
turn() (${switching})
boot() (${booting})
`;
