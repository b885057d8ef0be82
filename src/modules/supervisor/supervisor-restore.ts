import { type Command, script } from '../../core/command.ts';
import { milliseconds } from '../../core/duration.ts';
import { fileFunctions, fileWords } from '../files/file-restore.ts';
import type { Installed, Installing } from './supervisor-conf.ts';
import { type Asking, isMeantToRun, type Programs, runs } from './supervisor-programs.ts';
import { functions } from './supervisor-scripts.ts';
import { patience } from './supervisor-settings.ts';

// What each process was meant to be: `rest`; `run`, and it has run well; `meant`, and supervisor was still at it.
/** `restore_programs`: $1 program, $2 seconds for a stop, $3 for a start, $4... pairs of rest|run|meant NAME. */
const programFunctions = `
look() { status=$(words status "$1"); }
state_of() {
  printf '%s\\n' "$status" | while read -r name state rest; do
    if [ "\${name%:}" = "$1" ]; then printf '%s' "$state"; break; fi
  done
}
amiss() {
  while [ $# -gt 0 ]; do
    case $1:$(state_of "$2") in
      rest:STOPPED | rest:EXITED | rest:FATAL | run:RUNNING | meant:RUNNING | meant:STARTING | meant:BACKOFF) ;;
      rest:*) echo "stop $2" ;;
      *) echo "start $2" ;;
    esac
    shift 2
  done
}
is_gone() {
  case $status in *'no such process'* | *'no such group'*) ;; *) return 1 ;; esac
  case " $* " in *' run '* | *' meant '*) return 1 ;; esac
}
bring() {
  verb=$1; seconds=$2
  names=$(printf '%s\\n' "$todo" | sed -n "s/^$verb //p")
  if [ -z "$names" ]; then return; fi
  set -f; set -- $names
  said=$(move "$config" "$verb" "$seconds" '' "$@" 2>&1)
}
restore_programs() {
  program=$1 stopping=$2 starting=$3; shift 3
  look "$program"
  if is_gone "$@"; then return 0; fi
  todo=$(amiss "$@") said=
  if [ -n "$todo" ]; then
    bring stop "$stopping"
    bring start "$starting"
    look "$program"
  fi
  if [ -n "$(amiss "$@")" ]; then
    printf '%s\\n' "$program did not come back as it was: $(printf '%s\\n' "$status" | tr -s ' \\n' ' ')" >&2; return 1
  fi
  if [ "$(printf '%s\\n' "$status" | grep -c .)" -eq $(($# / 2)) ]; then return 0; fi
  echo "$program has other processes than before" >&2; return 1
}
`;

/** $1 config file or "", then the words of `restore_programs`. */
const restoreScript = `${functions}${programFunctions}
shift
restore_programs "$@"
`;

// supervisor reads its files again (which changes nothing that runs) to tell whether it runs by them. A group whose file was there but was
// not known to it is taken out of it, which `update` would not do.
/** $1 config file or "", $2 group, $3 how it was loaded, $4-$13 the words of the file, then those of `restore_programs`. */
const restoreInstalledScript = `${functions}${fileFunctions}${programFunctions}
group=$2 want=$3; shift 3
restore_file "$1" "$2" "$3" "$4" "$5" "$6" "$7" "$8" "$9" "\${10}" || exit 1
sum=$2; shift 10
loaded() {
  news=$(words reread) change=
  look "$1"
  case $news in *CANT_REREAD*) is=broken; return ;; esac
  change=$(printf '%s\\n' "$news" | while read -r name word rest; do
    if [ "$name" = "$group:" ]; then printf '%s' "$word"; break; fi
  done)
  case $change:$status in
    available:* | *'no such process'* | *'no such group'*) is=no ;;
    *' STOPPED '* | *' STARTING '* | *' RUNNING '* | *' BACKOFF '* | *' STOPPING '* | *' EXITED '* | *' FATAL '*)
      is=yes; if [ -n "$change" ]; then is=changed; fi ;;
    *) is=unknown ;;
  esac
}
fits() { [ "$want" = "$is" ] || { [ "$want:$is" = changed:yes ] && [ "$sum" != absent ]; }; }
loaded "$1"
if ! fits; then
  case $want:$sum:$is in
    yes:*:no | yes:*:changed | no:absent:yes | no:absent:changed) said=$(update "$config" "$group" 2>&1) ;;
    no:*:yes | no:*:changed) control stop "$group:*" >/dev/null 2>&1; said=$(control remove "$group" 2>&1) ;;
  esac
  loaded "$1"
  if ! fits; then
    printf '%s\\n' "supervisor does not have $group as it was: $(printf '%s %s\\n' "$said" "$news" | tr -s ' \\n' ' ')" >&2; exit 1
  fi
fi
if [ $# -eq 3 ] || [ $is = no ]; then exit 0; fi
restore_programs "$@"
`;

/** Brings each process back to what it was meant to be. null: none is known of. */
export function restorePrograms(before: Programs, asking: Asking): Command | null {
  if (before.length === 0) return null;
  const { words, timeoutMs } = wordsOf(before, asking);
  return script(restoreScript, [asking.config ?? '', ...words], { timeoutMs });
}

/** Brings the file back first, then what supervisor makes of it (this group only), then its processes. null: its content is not known. */
export function restoreInstalled(before: Installed, args: Installing): Command | null {
  const file = fileWords(args.conf.path, before.file);
  if (file === undefined) return null;
  const { words, timeoutMs } = wordsOf(before.programs, args);
  const group = args.program.split(':')[0] ?? args.program;
  const all = [args.config ?? '', group, before.loaded, ...file.words, ...words];
  return script(restoreInstalledScript, all, { timeoutMs, ...(file.stdin === undefined ? {} : { stdin: file.stdin }) });
}

function wordsOf(before: Programs, { program, wait }: Asking) {
  const [up, down] = [before.filter(isMeantToRun), before.filter((each) => !isMeantToRun(each))];
  const seconds = (verb: 'start' | 'stop', some: Programs): number =>
    wait === undefined ? patience(verb, some) : Math.ceil(milliseconds(wait) / 1000);
  const [stop, start] = [seconds('stop', down), seconds('start', up)];
  const pairs = before.flatMap((each) => [runs(each) ? 'run' : isMeantToRun(each) ? 'meant' : 'rest', each.name]);
  return { words: [program, String(stop), String(start), ...pairs], timeoutMs: 2 * (stop + start) * 1000 + 10_000 };
}
