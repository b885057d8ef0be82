import type { Command } from '../../core/command.ts';
import type { ArgumentFault } from '../../core/module.ts';
import { clash } from '../shared/faults.ts';
import { inNetns, netnsProperty } from '../shared/netns.ts';

/** For a schema: whose network a question is asked from. At most one of them; none: the host's own. */
export const insideProperties = {
  netns: netnsProperty,
  pid: {
    type: 'integer',
    minimum: 1,
    description: "Ask from inside the network of this process: a pod's, say. Needs nsenter.",
  },
  container: {
    type: 'string',
    pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]*$',
    description:
      'Ask from inside the network of this container: an id (12 characters or more), or a name that docker, podman or crictl knows.',
  },
} as const;

/** Whose network, as given in the arguments of a check. */
export interface Inside {
  readonly netns?: string;
  readonly pid?: number;
  readonly container?: string;
}

// The runtime that knows the name says the process. Without one that does, an id is looked for in the processes' own
// cgroups; a name is not, because parts of it could fit another container.
const enter = `
name=$1; shift
pid=$(docker inspect -f '{{.State.Pid}}' "$name" 2>/dev/null) ||
  pid=$(podman inspect -f '{{.State.Pid}}' "$name" 2>/dev/null) ||
  pid=$(crictl inspect -o go-template --template '{{.info.pid}}' "$name" 2>/dev/null) || pid=
case $pid in
  '' | 0 | *[!0-9]*)
    pid=
    case $name in
      ????????????*)
        case $name in *[!0-9a-f]*) ;; *)
          found=$(grep -l -E "[/-]$name[0-9a-f]*([.]scope)?\\$" /proc/[0-9]*/cgroup 2>/dev/null)
          pid=\${found#/proc/}; pid=\${pid%%/*} ;;
        esac ;;
    esac ;;
esac
if [ -z "$pid" ]; then echo "no running container $name" >&2; exit 125; fi
exec nsenter -t "$pid" -n -- "$@"
`;

const places = ['netns', 'pid', 'container'] as const;

/** Several of them cannot say where to ask from. */
export function insideFault(args: Inside): ArgumentFault | undefined {
  const [, second] = places.filter((place) => args[place] !== undefined && args[place] !== '');
  if (second === undefined) return undefined;
  return clash(
    second,
    'only one of netns, pid and container can say where to ask from',
    'Leave all but one of them out.',
  );
}

/** The command, run in the network that the arguments name. */
export function inside(command: Command, { netns, pid, container }: Inside): Command {
  if (pid !== undefined) return { ...command, argv: ['nsenter', '-t', String(pid), '-n', '--', ...command.argv] };
  if (container !== undefined) return { ...command, argv: ['sh', '-c', enter, 'sh', container, ...command.argv] };
  return inNetns(command, netns);
}
