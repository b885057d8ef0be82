import type { XStatic } from 'typebox/schema';
import { script } from '../core/command.ts';
import { cut } from '../core/cut.ts';
import { durationPattern, milliseconds, timeoutPattern } from '../core/duration.ts';
import { defineCheck } from '../core/module.ts';
import { explain } from '../core/outcome.ts';
import { connectFunction } from './checks/connect-script.ts';
import { inside, insideFault, insideProperties } from './checks/inside.ts';
import { found } from './shared/faults.ts';

const schema = {
  type: 'object',
  description: 'What to wait for, and how long.',
  properties: {
    port: { type: 'integer', minimum: 1, maximum: 65_535, description: 'A TCP port that takes connections.' },
    target: {
      type: 'string',
      format: 'host',
      pattern: '^[^\\s-]\\S*$',
      default: '127.0.0.1',
      description: 'With `port`: where.',
    },
    path: { type: 'string', pattern: '^/[^\\n]*$', description: 'A file, or anything else, of that name.' },
    contains: {
      type: 'string',
      pattern: '^[^\\n]+$',
      description: 'With `path`: a line with this text in it, word for word: in a log, say.',
    },
    after: {
      type: 'integer',
      minimum: 0,
      description: 'With `contains`: only beyond so many bytes of the file; all of it once it is shorter than that.',
    },
    command: {
      type: 'array',
      items: { type: 'string' },
      minItems: 1,
      description: 'A command, word for word, that ends with 0. It must only look.',
    },
    state: {
      enum: ['present', 'absent'],
      default: 'present',
      description: '`absent`: wait until it is not so any more.',
    },
    deadline: { type: 'string', pattern: durationPattern, default: '30s', description: 'How long to wait at most.' },
    steady: {
      type: 'string',
      pattern: durationPattern,
      default: '0s',
      description: 'How long it must then stay so, without a break.',
    },
    interval: { type: 'string', pattern: timeoutPattern, default: '250ms', description: 'Between two tries.' },
    try: { type: 'string', pattern: timeoutPattern, default: '5s', description: 'The most that one try may take.' },
    ...insideProperties,
  },
  oneOf: [{ required: ['port'] }, { required: ['path'] }, { required: ['command'] }],
  dependentRequired: { contains: ['path'], target: ['port'], after: ['contains'] },
  additionalProperties: false,
} as const;

type Args = XStatic<typeof schema>;

// Times are in hundredths of a second of the host's uptime, which no clock that is set can move.
const wait = `
LC_ALL=C; export LC_ALL
want=$1 deadline=$2 steady=$3 pause=$4 try=$5 kind=$6; shift 6
${connectFunction}
limited() { if command -v timeout >/dev/null; then timeout "$try" "$@"; else "$@"; fi; }
holds() {
  case $kind in
    port) connects "$1" "$2" "$try" ;;
    path) [ -e "$1" ] || [ -h "$1" ] ;;
    text)
      [ -e "$1" ] || return 1
      from=$3
      if [ $(($(wc -c <"$1"))) -lt "$from" ]; then from=0; fi
      tail -c +$((from + 1)) -- "$1" | grep -F -m 1 -e "$2" ;;
    command) limited "$@" ;;
  esac
}
clock() { read -r up idle </proc/uptime; now=\${up%.*}\${up#*.}; }
clock; begin=$now since= tries=0
while :; do
  tries=$((tries + 1))
  if last=$(holds "$@" 2>&1 </dev/null); then is=present; else is=absent; fi
  clock
  if [ $is = "$want" ]; then
    : "\${since:=$now}"
    if [ $((now - since)) -ge "$steady" ]; then verdict=yes; break; fi
  else
    since=
  fi
  if [ $((now - begin)) -ge "$deadline" ]; then verdict=no; break; fi
  sleep "$pause" 2>/dev/null || sleep 1
done
echo "waited $verdict $((now - begin)) $tries"
printf '%.1000s\\n' "$last"
`;

/**
 * Waits on the host until something is so, and stays so.
 *
 *     - wait_for: { port: 2401, deadline: 10s }
 */
export const waitFor = defineCheck({
  name: 'wait_for',
  summary: 'Waits until a port, a file, a line or a command is as wanted, and stays so',
  about: `All the waiting is done by one command on the host: a try each \`interval\`, until it holds for as long as
\`steady\` says without a break, or \`deadline\` has passed. Time is taken from the host's uptime, so a clock that is set
does not matter. What the last try said is told when it did not come.

A port is tried with bash or curl, as by \`verify_tcp\`.`,
  schema,
  exits: {
    any: 'the last try decides; the host itself tries again until the deadline',
  },
  examples: [
    { title: 'Until a program listens', args: { port: 2401, deadline: '10s' } },
    {
      title: 'Until a line is in a log that had 20480 bytes before',
      args: { path: '/data/logs/flanneld/flanneld.stdout.log', contains: 'Running backend', after: 20_480 },
    },
    { title: 'Until a file is gone', args: { path: '/run/flannel/lock', state: 'absent' } },
    {
      title: 'Until a route has been there for three seconds',
      args: { command: ['sh', '-c', 'ip route show 172.7.22.0/24 | grep -q .'], steady: '3s' },
    },
  ],

  faults: (args) => found(insideFault(args)),

  probe(args) {
    const [deadline, steady] = [milliseconds(args.deadline ?? '30s'), milliseconds(args.steady ?? '0s')];
    const [pause, most] = [milliseconds(args.interval ?? '250ms'), milliseconds(args.try ?? '5s')];
    const times = [hundredths(deadline), hundredths(steady), String(pause / 1000), String(most / 1000)];
    const words = [args.state ?? 'present', ...times, ...question(args)];
    return inside(script(wait, words, { timeoutMs: deadline + most + pause + 10_000 }), args);
  },

  judge(outcome, args) {
    const [first = '', ...rest] = outcome.stdout.split('\n');
    const told = /^waited (yes|no) (\d+) (\d+)$/.exec(first);
    if (outcome.cut !== undefined || told === null) return { ok: false, because: explain(outcome) };
    const seconds = (Number(told[2]) / 100).toFixed(1);
    const steady = args.steady === undefined ? '' : ` and steady for ${args.steady}`;
    if (told[1] === 'yes') return { ok: true, because: `${args.state ?? 'present'}${steady} after ${seconds} s` };
    const last = cut(rest.join(' ').replace(/\s+/g, ' ').trim(), 200);
    const said = last === '' ? '' : `; the last try said: ${last}`;
    return {
      ok: false,
      because: `not ${args.state ?? 'present'}${steady} within ${seconds} s, ${told[3]} tries${said}`,
    };
  },
});

function question({
  port,
  target = '127.0.0.1',
  path = '',
  contains,
  after = 0,
  command = [],
}: Args): readonly string[] {
  if (port !== undefined) return ['port', target, String(port)];
  if (contains !== undefined) return ['text', path, contains, String(after)];
  return command.length > 0 ? ['command', ...command] : ['path', path];
}

function hundredths(ms: number): string {
  return String(Math.ceil(ms / 10));
}
