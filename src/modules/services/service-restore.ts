import { type Command, script } from '../../core/command.ts';
import { functions } from './service-scripts.ts';
import type { Service } from './service-status.ts';

/**
 * $1 name, $2 what it was meant to be (running, starting, resting), $3 its setting for the boot (`unknown`: any), $4 the verb that brings that
 * about or "", $5 whether it was masked (yes, no), $6 whether its definition had changed unread (yes, no), $7 runlevels of OpenRC, $8 seconds.
 */
const restoreScript = `${functions}
meant=$2 setting=$3 verb=$4 mask=$5 unread=$6 levels=$7 patience=$8
value() { printf '%s\\n' "$about" | sed -n "s/^$1=//p" | head -n 1; }
look() {
  about=$(tell) masked=no stale=no state=unknown
  found=$(printf '%s\\n' "$about" | head -n 1)
  case $found in
    systemd)
      case $(value ActiveState) in
        active | reloading | refreshing) state=running ;;
        inactive | failed | maintenance) state=resting ;;
        activating) state=starting ;;
        deactivating) state=stopping ;;
      esac
      boot=$(value UnitFileState); boot=\${boot:-transient}
      if [ "$(value NeedDaemonReload)" = yes ]; then stale=yes; fi
      case $(value LoadState) in
        not-found) state=gone ;;
        masked) masked=yes boot=masked ;;
        loaded) ;;
        *) state=unknown ;;
      esac ;;
    openrc)
      case $(value status) in 0) state=running ;; 3 | 32) state=resting ;; 4) state=stopping ;; 8 | 16) state=starting ;; esac
      if [ -n "$(value level)" ]; then boot=enabled; else boot=disabled; fi ;;
    sysv)
      case $(value status) in 0) state=running ;; [123]) state=resting ;; esac
      case $about in
        *link=*/rc[2-5].d/S*) boot=enabled ;;
        *link=*) boot=disabled ;;
        *) boot=unlinked ;;
      esac ;;
    *) state=gone ;;
  esac
}
runs_as_meant() {
  case $meant:$state in running:running | starting:running | starting:starting | resting:resting) ;; *) return 1 ;; esac
}
set_as_before() { [ "$setting" = unknown ] || [ "$boot" = "$setting" ]; }
as_before() {
  if [ "$meant:$state" = resting:gone ]; then return 0; fi
  runs_as_meant && set_as_before && [ "$masked" = "$mask" ]
}
unit_is() { systemctl --no-ask-password "$1" -- "$unit" || exit 1; }
said=
look
if as_before; then exit 0; fi
case $state in gone | unknown) echo "$name is $state by now: it cannot be brought back" >&2; exit 1 ;; esac
if [ $masked = yes ] && { [ "$mask" = no ] || [ $meant != resting ]; }; then unit_is unmask; look; fi
if [ $stale = yes ] && [ "$unread" = no ]; then systemctl daemon-reload || exit 1; fi
if [ $meant = resting ] && ! runs_as_meant; then said=$(turn "$name" stop "$patience" 2>&1); fi
if [ -n "$verb" ] && ! set_as_before; then said=$(boot "$name" "$verb" "$levels" 2>&1); fi
if [ $meant != resting ] && ! runs_as_meant; then said=$(turn "$name" start "$patience" 2>&1); fi
if [ $masked = no ] && [ "$mask" = yes ]; then unit_is mask; fi
look
if as_before; then exit 0; fi
printf '%s\\n' "$name did not come back as it was: it is $state, for the boot $boot. $(printf '%s' "$said" | tr '\\n' ' ')" >&2
exit 1
`;

/** Brings a service's state, its setting for the boot and its mask back. `verb`: enable, disable, unlink, or "" where none can be set. */
export function restoreService(
  name: string,
  before: Service,
  { boot, verb, seconds }: { readonly boot: string; readonly verb: string; readonly seconds: number },
): Command {
  const meant = ['running', 'starting'].includes(before.state) ? before.state : 'resting';
  const yes = (is: boolean | undefined): string => (is === true ? 'yes' : 'no');
  const levels = (before.levels ?? []).join(' ');
  return script(
    restoreScript,
    [name, meant, boot, verb, yes(before.masked), yes(before.stale), levels, String(seconds)],
    { timeoutMs: 4 * seconds * 1000 + 10_000 },
  );
}
