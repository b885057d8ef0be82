import type { XStatic } from 'typebox/schema';
import { type Command, script } from '../core/command.ts';
import { milliseconds, timeoutPattern } from '../core/duration.ts';
import { defineCheck, type Verdict } from '../core/module.ts';
import { explain, type Outcome } from '../core/outcome.ts';
import { inside, insideFault, insideProperties } from './checks/inside.ts';
import { lastWindow, pingReport } from './checks/ping.ts';
import { familyOf, found, strange, wrong } from './shared/faults.ts';

const address = '^[^\\s-]\\S*$';

const schema = {
  type: 'object',
  description: 'Who is to answer, and how well.',
  properties: {
    target: {
      type: 'string',
      format: 'host',
      pattern: address,
      description: 'Address or name to ping: a pod, not its bridge.',
    },
    targets: {
      type: 'array',
      items: { type: 'string', format: 'host', pattern: address },
      maxItems: 1000,
      uniqueItems: true,
      description: 'In place of `target`: all of them at the same time, by one command. None at all is nothing to ask.',
    },
    mesh: {
      type: 'boolean',
      default: false,
      description: "With `targets`: name every one of them in the reason, so that it is this host's row of the matrix.",
    },
    count: { type: 'integer', minimum: 1, maximum: 10_000, default: 3, description: 'How many packets to send.' },
    window: {
      type: 'integer',
      minimum: 1,
      maximum: 30,
      description:
        'Judge only the last so many of them: the first after a change may be lost while neighbours are learned.',
    },
    loss: {
      type: 'string',
      pattern: '^(100(\\.0+)?|[0-9]{1,2}(\\.[0-9]+)?)%$',
      default: '0%',
      description: 'The most that may be lost.',
    },
    interval: {
      type: 'string',
      pattern: timeoutPattern,
      default: '200ms',
      description: 'Between two packets. Less than 200ms needs root on older systems.',
    },
    timeout: {
      type: 'string',
      pattern: timeoutPattern,
      default: '1s',
      description: 'How long to wait for an answer, in whole seconds.',
    },
    source: {
      type: 'string',
      format: 'address-or-device',
      pattern: `^$|${address}`,
      description: 'Own address to send from. Empty: as it comes.',
    },
    size: { type: 'integer', minimum: 0, maximum: 65_507, description: 'Bytes of payload; 28 less than the packet.' },
    df: { type: 'boolean', default: false, description: 'Never fragment the packet: with `size` a test of the MTU.' },
    ...insideProperties,
  },
  oneOf: [{ required: ['target'] }, { required: ['targets'] }],
  dependentRequired: { mesh: ['targets'] },
  additionalProperties: false,
} as const;

type Args = XStatic<typeof schema>;

const chattyUpTo = 20;

// $@ is the command, without its target; the targets are the input. What one of them says is written in one piece, small
// enough for a pipe to take it whole, so that two never mix.
const askAll = `
number=0
while IFS= read -r target; do
  { words=$("$@" "$target" 2>&1 </dev/null | tail -c 3500); printf '%s\\n' "== $number" "$words"; } &
  number=$((number + 1))
done
wait
`;

/**
 * Does somebody answer a ping? Judged by how many packets came back, not by the exit code, which is 0 as soon as
 * one did.
 *
 *     - verify_ping: { target: 172.7.22.2, count: 3, loss: 0% }
 */
export const verifyPing = defineCheck({
  name: 'verify_ping',
  summary: 'Somebody answers a ping, with no more loss than is allowed',
  about: `Ping from pod to pod (\`netns\`, \`pid\` or \`container\`), in both directions: from the node itself another
source address is used, and with SNAT one direction can work while the other is cut. A play that asks every other host's
pod with \`targets\` and \`mesh\` asks every ordered pair, all at the same time, and each host reports its row.

The first packets after a change may be lost while neighbours are learned: judge the last ones (\`window\`), or give the
task \`retries\` and \`delay\`, rather than allow a higher \`loss\`.

Works with the ping of iputils and of BusyBox; \`df\` needs that of iputils.`,
  schema,
  exits: {
    any: 'the summary that ping prints decides; without one it does not hold',
  },
  examples: [
    { title: 'A peer answers', args: { target: '172.7.22.2', count: 3, loss: '0%' } },
    {
      title: 'A full packet passes from pod to pod',
      args: { target: '172.7.22.2', netns: 'pod', size: 1422, df: true },
    },
    {
      title: "This host's row of the matrix",
      args: { targets: ['172.7.22.2', '172.7.23.2'], mesh: true, netns: 'pod', count: 5, window: 3 },
    },
  ],

  faults: (args) => {
    const { target, source, count = 3, window } = args;
    return found(
      window !== undefined &&
        window > count &&
        wrong('window', `is more than the ${count} packets that are sent`, 'Send more of them with "count".'),
      strange('source', source, familyOf(target), 'the target is'),
      insideFault(args),
    );
  },

  probe(args): Command {
    const { target, targets, count = 3, interval = '200ms', timeout = '1s' } = args;
    const seconds = Math.max(1, Math.ceil(milliseconds(timeout) / 1000));
    const gap = milliseconds(interval);
    const { source, size, df = false, window } = args;
    const argv = [
      ...['ping', '-n', '-c', String(count), '-i', String(gap / 1000), '-W', String(seconds)],
      // Lines about single packets tell why, and which; of many, only the summary is wanted.
      ...(count > chattyUpTo && window === undefined ? ['-q'] : []),
      ...(source === undefined || source === '' ? [] : ['-I', source]),
      ...(size === undefined ? [] : ['-s', String(size)]),
      ...(df ? ['-M', 'do'] : []),
    ];
    // BusyBox waits for the answer to each packet before it sends the next.
    const rest = { env: { LC_ALL: 'C' }, timeoutMs: count * (gap + seconds * 1000) + 10_000 };
    const command =
      targets === undefined
        ? { argv: [...argv, target ?? ''], ...rest }
        : script(askAll, argv, { ...rest, stdin: targets.map((one) => `${one}\n`).join('') });
    return inside(command, args);
  },

  judge(outcome, args): Verdict {
    if (args.targets === undefined) return verdict(outcome, args);
    return args.targets.length === 0 ? { ok: true, because: 'no targets' } : together(outcome, args, args.targets);
  },
});

/** Of one target. */
function verdict(outcome: Outcome, { loss = '0%', window }: Args): Verdict {
  const report = pingReport(outcome.stdout, outcome.stderr);
  if (report === undefined) return { ok: false, because: `ping gave no result: ${explain(outcome)}` };
  const { sent, answered } = lastWindow(report, window);
  const lost = (100 * (sent - answered)) / sent;
  const which = window === undefined ? `${sent}` : `the last ${sent}`;
  const seen = `${answered} of ${which} answered, ${Number(lost.toFixed(2))}% loss`;
  if (lost <= Number.parseFloat(loss)) return { ok: true, because: seen };
  const why = report.trouble === undefined ? '' : ` (${report.trouble})`;
  return { ok: false, because: `${seen}, at most ${loss} is allowed${why}` };
}

/** Of all targets: those that do not answer well, each with its reason; as a row of the matrix, the others too. */
function together(outcome: Outcome, args: Args, targets: readonly string[]): Verdict {
  const parts = outcome.stdout.split(/^== (\d+)\n/m).slice(1);
  const words = new Map(parts.flatMap((part, i) => (i % 2 === 0 ? [[Number(part), parts[i + 1] ?? '']] : [])));
  if (words.size === 0) return { ok: false, because: `ping gave no result: ${explain(outcome)}` };
  const row = targets.map((target, i) => {
    const { ok, because } = verdict({ ...outcome, stdout: words.get(i) ?? '', stderr: '' }, args);
    return { ok, because: `${target} ${args.mesh === true && ok ? 'ok' : because}` };
  });
  const bad = row.filter(({ ok }) => !ok);
  const good = row.filter(({ ok }) => ok);
  if (bad.length === 0) {
    const told = args.mesh === true ? `: ${targets.join(', ')}` : '';
    return { ok: true, because: `all ${targets.length} answer${told}` };
  }
  const rest = args.mesh === true && good.length > 0 ? `; ${good.map(({ because }) => because).join('; ')}` : '';
  const count = `${bad.length} of ${targets.length} do not answer well`;
  return { ok: false, because: `${count}: ${bad.map(({ because }) => because).join('; ')}${rest}` };
}
