import { script } from '../core/command.ts';
import { cut } from '../core/cut.ts';
import { milliseconds, timeoutPattern } from '../core/duration.ts';
import { defineCheck } from '../core/module.ts';
import { explain } from '../core/outcome.ts';
import { connectFunction } from './checks/connect-script.ts';
import { inside, insideFault, insideProperties } from './checks/inside.ts';
import { clash, found } from './shared/faults.ts';
import { firstMatch } from './shared/patterns.ts';

const schema = {
  type: 'object',
  description: 'Where to connect to, and what is expected.',
  properties: {
    target: { type: 'string', format: 'host', pattern: '^[^\\s-]\\S*$', description: 'Address or name.' },
    port: { type: 'integer', minimum: 1, maximum: 65_535, description: 'TCP port.' },
    state: {
      enum: ['open', 'closed'],
      default: 'open',
      description: '`closed`: nobody may be reached there, refused or not answered at all.',
    },
    banner: {
      type: 'string',
      format: 're2-pattern',
      minLength: 1,
      description: 'An RE2 expression for the first line that the server sends by itself, as ssh and smtp do.',
    },
    timeout: { type: 'string', pattern: timeoutPattern, default: '2s', description: 'For the whole of it.' },
    ...insideProperties,
  },
  required: ['target', 'port'],
  additionalProperties: false,
} as const;

const ask = `${connectFunction}
LC_ALL=C; export LC_ALL
connects "$@" </dev/null
`;

/**
 * Can a TCP connection be made? Nothing is sent.
 *
 *     - verify_tcp: { target: 10.4.7.12, port: 2379 }
 */
export const verifyTcp = defineCheck({
  name: 'verify_tcp',
  summary: 'A TCP port takes connections, or does not',
  about: `Connects from the host, or from inside a pod, and sends nothing: a firewall, a wrong route or a program that
does not listen show, whatever is spoken there. That a program also answers is for \`verify_http\` or \`banner\` to say.

Needs bash with timeout, or curl, on the host.`,
  schema,
  exits: {
    0: 'the connection was made',
    124: 'no answer in time: `state: closed` holds',
    other: 'refused or unreachable: `state: closed` holds; anything else never does',
  },
  examples: [
    { title: 'etcd takes connections', args: { target: '10.4.7.12', port: 2379 } },
    { title: 'An SSH server, and not something else', args: { target: '10.4.7.22', port: 22, banner: '^SSH-2.0-' } },
    {
      title: 'A port that must not be open to pods',
      args: { target: '10.4.7.12', port: 2379, state: 'closed', netns: 'pod' },
    },
  ],

  faults: (args) =>
    found(
      args.state === 'closed' &&
        args.banner !== undefined &&
        clash('banner', 'a port that is to be closed says nothing', 'Leave out "banner", or "state".'),
      insideFault(args),
    ),

  probe(args) {
    const ms = milliseconds(args.timeout ?? '2s');
    const words = [args.target, String(args.port), String(ms / 1000), args.banner === undefined ? '' : 'hear'];
    return inside(script(ask, words, { timeoutMs: ms + 10_000 }), args);
  },

  judge(outcome, { state = 'open', banner, timeout = '2s' }) {
    if (outcome.cut !== undefined || outcome.exit === null) return { ok: false, because: explain(outcome) };
    const [first, line = ''] = outcome.stdout.split(/\r?\n/);
    if (first !== 'connected') {
      if (first !== '')
        return { ok: false, because: `it could not be tried: ${JSON.stringify(cut(outcome.stdout, 100))}` };
      const why = outcome.exit === 124 ? `no answer within ${timeout}` : refusal(outcome.stderr);
      if (why === undefined) return { ok: false, because: `it could not be tried: ${explain(outcome)}` };
      return { ok: state === 'closed', because: why };
    }
    if (state === 'closed') return { ok: false, because: 'it took the connection; expected none' };
    if (banner === undefined) return { ok: true, because: 'connected' };
    const said = line === '' ? `it said nothing within ${timeout}` : `it said ${JSON.stringify(cut(line, 100))}`;
    if (firstMatch(line, banner) === undefined) return { ok: false, because: `connected, but ${said}` };
    return { ok: true, because: `connected, ${said}` };
  },
});

/** Why there was no connection; undefined when it was not the network that said no. */
function refusal(stderr: string): string | undefined {
  const known =
    /(Connection refused|No route to host|Network is unreachable|Connection timed out|Name or service not known|Couldn't connect to server|Failed to connect|Could not resolve|Time-out|timed out)/i;
  return known.exec(stderr)?.[1]?.toLowerCase();
}
