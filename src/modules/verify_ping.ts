import type { Command } from '../core/command.ts';
import { durationPattern, milliseconds } from '../core/duration.ts';
import { defineCheck } from '../core/module.ts';
import { explain } from '../core/outcome.ts';
import { inNetns, netnsProperty } from './support/netns.ts';

const schema = {
  type: 'object',
  description: 'Who is to answer, and how well.',
  properties: {
    target: {
      type: 'string',
      pattern: '^[^\\s-]\\S*$',
      description: 'Address or name to ping: a pod, not its bridge.',
    },
    count: { type: 'integer', minimum: 1, maximum: 10_000, default: 3, description: 'How many packets to send.' },
    loss: {
      type: 'string',
      pattern: '^[0-9]+(\\.[0-9]+)?%$',
      default: '0%',
      description: 'The most that may be lost.',
    },
    interval: {
      type: 'string',
      pattern: durationPattern,
      default: '200ms',
      description: 'Between two packets. Less than 200ms needs root on older systems.',
    },
    timeout: {
      type: 'string',
      pattern: durationPattern,
      default: '1s',
      description: 'How long to wait for an answer, in whole seconds.',
    },
    source: { type: 'string', pattern: '^[^\\s-]\\S*$', description: 'Own address to send from.' },
    size: { type: 'integer', minimum: 0, maximum: 65_507, description: 'Bytes of payload; 28 less than the packet.' },
    df: { type: 'boolean', default: false, description: 'Never fragment the packet: with `size` a test of the MTU.' },
    netns: netnsProperty,
  },
  required: ['target'],
  additionalProperties: false,
} as const;

const chattyUpTo = 20;

/**
 * Does somebody answer a ping? Judged by how many packets came back, not by the exit code, which is 0 as soon as
 * one did.
 *
 *     - verify_ping: { target: 172.7.22.2, count: 3, loss: 0% }
 */
export const verifyPing = defineCheck({
  name: 'verify_ping',
  summary: 'Somebody answers a ping, with no more loss than is allowed',
  about: `Ping from pod to pod (\`netns\`), in both directions: from the node itself another source address is used, and
with SNAT one direction can work while the other is cut. The first packets after a change may be lost while neighbours
are learned: give the task \`retries\` and \`delay\` rather than a higher \`loss\`.

Works with the ping of iputils and of BusyBox; \`df\` needs that of iputils.`,
  schema,
  examples: [
    { title: 'A peer answers', args: { target: '172.7.22.2', count: 3, loss: '0%' } },
    {
      title: 'A full packet passes from pod to pod',
      args: { target: '172.7.22.2', netns: 'pod', size: 1422, df: true },
    },
  ],

  probe({ target, count = 3, interval = '200ms', timeout = '1s', source, size, df = false, netns }): Command {
    const seconds = Math.max(1, Math.ceil(milliseconds(timeout) / 1000));
    const gap = milliseconds(interval);
    const argv = [
      ...['ping', '-n', '-c', String(count), '-i', String(gap / 1000), '-W', String(seconds)],
      // Lines about single packets tell why; of many, only the summary is wanted.
      ...(count > chattyUpTo ? ['-q'] : []),
      ...(source === undefined ? [] : ['-I', source]),
      ...(size === undefined ? [] : ['-s', String(size)]),
      ...(df ? ['-M', 'do'] : []),
      target,
    ];
    // BusyBox waits for the answer to each packet before it sends the next.
    const timeoutMs = count * (gap + seconds * 1000) + 10_000;
    return inNetns({ argv, env: { LC_ALL: 'C' }, timeoutMs }, netns);
  },

  judge(outcome, { loss = '0%' }) {
    const summary = /(\d+) packets transmitted, (\d+) (?:packets )?received/.exec(outcome.stdout);
    const sent = Number(summary?.[1] ?? 0);
    if (sent === 0) return { ok: false, because: `ping gave no result: ${explain(outcome)}` };
    const answered = Number(summary?.[2]);
    const lost = (100 * (sent - answered)) / sent;
    const seen = `${answered} of ${sent} answered, ${Number(lost.toFixed(2))}% loss`;
    if (lost <= Number.parseFloat(loss)) return { ok: true, because: seen };
    const why = trouble(`${outcome.stdout}\n${outcome.stderr}`);
    return { ok: false, because: `${seen}, at most ${loss} is allowed${why === undefined ? '' : ` (${why})`}` };
  },
});

/** What a router, the kernel or ping itself had to say about a lost packet. */
function trouble(output: string): string | undefined {
  const said = /^(?:From \S+ icmp_seq=\d+ |ping: )(.+)$/m.exec(output)?.[1];
  return said?.trim().slice(0, 200);
}
