import { type Command, script } from '../core/command.ts';
import type { Way } from '../core/way.ts';

/** The far end of a way that must stay open. */
export interface End {
  /** In words: "this controller's SSH session". */
  readonly purpose: string;
  /** An address, with its zone where it needs one; or a name, as the host resolves it. */
  readonly to: string;
  /** The host's own address on this way, where it is settled. */
  readonly from?: string;
}

/**
 * In pairs: a far end, and the host's own address or "". For each that the kernel knows a way to: `=== END`, then `get`, the route that it
 * takes; `match`, the routes that fit (one, where ip knows fibmatch); `below`, each device that the one it leaves by rests on alone.
 */
const probeScript = `LC_ALL=C; export LC_ALL
set -f
route() { ip "$family" -o -d route "$@" 2>/dev/null || ip "$family" route "$@" 2>/dev/null; }
while [ $# -ge 2 ]; do
  end=$1 to=\${1%%%*} from= over=
  [ -z "$2" ] || from="from \${2%%%*}"
  shift 2
  case $end in -*) continue ;; *%*) over="oif \${end#*%}" ;; esac
  case $to in
    *:*) ;;
    *[!0-9.]*) to=$(getent hosts "$to" | sed -e 's/[[:space:]].*//' -e 1q); [ -n "$to" ] || continue ;;
  esac
  case $to in *:*) family=-6 ;; *) family=-4 ;; esac
  got=$(route get "$to" $from $over) || { from=; got=$(route get "$to" $over); } || continue
  echo "=== $end"
  printf '%s\\n' "$got" | sed -e 's/^ *//' -e 's/^/get /' -e 1q
  table=main device= last=
  for word in $got; do
    case $last in table) table=$word ;; dev) device=$word ;; esac
    last=$word
  done
  { ip "$family" -o -d route get fibmatch "$to" $from $over || ip "$family" -o -d route show table "$table" match "$to" ||
    ip "$family" route show match "$to"; } 2>/dev/null | sed -e '/^[[:space:]]*nh_info /d' -e 's/^ */match /'
  for deep in 1 2 3 4; do
    device=$(ls "/sys/class/net/$device" 2>/dev/null | sed -n 's/^lower_//p')
    case $device in '' | *[!A-Za-z0-9._@:-]*) break ;; esac
    echo "below $device"
  done
done
exit 0`;

/** Reads the ways to these ends, all in one. */
export function waysCommand(ends: readonly End[]): Command {
  const words = ends.flatMap(({ to, from = '' }) => [to, from]);
  return script(probeScript, words, { title: 'ways' });
}

/** The ways that the kernel knows; none to an end that is the host itself, or that it has no route to. */
export function readWays(stdout: string, ends: readonly End[]): readonly Way[] {
  return stdout
    .split(/^=== /m)
    .slice(1)
    .flatMap((block) => {
      const [name = '', ...lines] = block.split('\n').map((line) => line.trim());
      const end = ends.find(({ to }) => to === name);
      const way = end === undefined ? undefined : wayOf(end, lines);
      return way === undefined ? [] : [way];
    });
}

function wayOf(end: End, lines: readonly string[]): Way | undefined {
  const told = (what: string): readonly string[] =>
    lines.filter((line) => line.startsWith(`${what} `)).map((line) => line.slice(what.length + 1));
  const taken = routeOf(told('get')[0] ?? '');
  if (taken.type === 'local' || taken.device === undefined) return undefined;
  const matches = told('match').map(routeOf);
  const [match] = matches.toSorted((a, b) => lengthOf(b.prefix) - lengthOf(a.prefix) || a.metric - b.metric);
  return {
    purpose: end.purpose,
    to: taken.prefix,
    from: taken.from ?? end.from?.replace(/%.*/, '') ?? '',
    device: taken.device,
    below: told('below'),
    ...(taken.via === undefined ? {} : { via: taken.via }),
    prefix: match?.prefix ?? taken.prefix,
    metric: match?.metric ?? 0,
    table: taken.table ?? match?.table ?? 'main',
  };
}

interface Route {
  readonly type: string;
  readonly prefix: string;
  readonly metric: number;
  readonly device?: string;
  readonly via?: string;
  readonly table?: string;
  readonly from?: string;
}

/** A line of `ip route`, with or without its type in front. */
function routeOf(line: string): Route {
  const words = line.split(/[\s\\]+/);
  const typed = /^[a-z]/.test(words[0] ?? '') && words[0] !== 'default';
  const after = (name: string): string | undefined => {
    const at = words.indexOf(name, 1);
    return at === -1 ? undefined : /^inet6?$/.test(words[at + 1] ?? '') ? words[at + 2] : words[at + 1];
  };
  const [device, via, table, from] = [after('dev'), after('via'), after('table'), after('from') ?? after('src')];
  return {
    type: typed ? (words[0] ?? '') : 'unicast',
    prefix: words[typed ? 1 : 0] ?? '',
    metric: Number(after('metric') ?? 0),
    ...(device === undefined ? {} : { device }),
    ...(via === undefined ? {} : { via }),
    ...(table === undefined ? {} : { table }),
    ...(from === undefined ? {} : { from }),
  };
}

/** Bits of a prefix, as `ip route` prints it. */
function lengthOf(prefix: string): number {
  if (prefix === 'default') return 0;
  return Number(prefix.split('/')[1] ?? (prefix.includes(':') ? 128 : 32));
}
