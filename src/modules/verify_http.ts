import { script } from '../core/command.ts';
import { cut } from '../core/cut.ts';
import { milliseconds, timeoutPattern } from '../core/duration.ts';
import { defineCheck } from '../core/module.ts';
import { explain } from '../core/outcome.ts';
import { inside, insideFault, insideProperties } from './checks/inside.ts';
import { found } from './shared/faults.ts';
import { firstMatch } from './shared/patterns.ts';

const bodyLimit = 65_536;

const defaultClientPattern = '(?i)client(?:[ _-]?address)?\\s*[:=]\\s*([0-9a-f.:]+)';

const schema = {
  type: 'object',
  description: 'What to ask for, and what is expected.',
  properties: {
    url: {
      type: 'string',
      format: 'http-url',
      pattern: '^https?://[^\\s]+$',
      description: 'Asked with GET. Redirects are not followed.',
    },
    status: { type: 'integer', minimum: 100, maximum: 599, default: 200, description: 'The status expected.' },
    body: { type: 'string', minLength: 1, description: 'Text that must occur in what is kept of the answer.' },
    source: {
      type: 'string',
      format: 'ip-or-empty',
      pattern: '^$|^[0-9a-fA-F.:]+$',
      description: 'Own address to ask from. Empty: as it comes.',
    },
    client: {
      type: 'string',
      format: 'ip',
      pattern: '^[0-9a-fA-F.:]+$',
      description: 'The address that the server is to see this request come from, as its answer tells it.',
    },
    client_pattern: {
      type: 'string',
      format: 're2-pattern',
      minLength: 1,
      default: defaultClientPattern,
      description: 'Where the answer tells it: an RE2 expression whose first group is the address.',
    },
    bytes: {
      type: 'integer',
      minimum: 1,
      description: 'The least that must arrive: a page of 64 KiB or more shows a hole for big packets.',
    },
    keep: {
      type: 'integer',
      minimum: 0,
      maximum: 1_048_576,
      default: bodyLimit,
      description: 'How many bytes of the answer are kept: to look into, and in the journal. The rest is only counted.',
    },
    timeout: { type: 'string', pattern: timeoutPattern, default: '5s', description: 'For the whole of it.' },
    ...insideProperties,
  },
  required: ['url'],
  dependentRequired: { client_pattern: ['client'] },
  additionalProperties: false,
} as const;

// The body goes down the pipe, which keeps its beginning and reads the rest, so that a transfer that stalls half way
// still shows; status, size and curl's own exit code go to stderr, where no body can pretend to be them.
const ask = `
LC_ALL=C; export LC_ALL
{
  curl -q -sS -g --noproxy '*' --proto =http,https --max-time "$2" --connect-timeout "$2" -o /proc/self/fd/3 \\
    -w 'asked: status=%{http_code} size=%{size_download} time=%{time_total}' \\
    \${4:+--interface "$4"} --url "$1"
  echo " curl=$?"
} 3>&1 1>&2 | { head -c "$3"; cat >/dev/null; }
`;

/**
 * Does a web server answer as expected, to the end? A status of 200 alone proves little: with a black hole for big
 * packets it arrives, and the page does not.
 *
 *     - verify_http: { url: "http://172.7.22.2/", status: 200, body: Welcome to nginx }
 */
export const verifyHttp = defineCheck({
  name: 'verify_http',
  summary: 'A URL answers with the status and the text expected, to its end',
  about: `Asked by curl on the host, without proxies and without \`~/.curlrc\`. It holds when the whole answer came
within \`timeout\` (curl exits with 0), the status is the one expected, and \`body\` occurs in it.

With \`client\` it also tells who the server saw: asked from a pod, its own address or, where a nat rule hides it, its
node's. Every request is a new connection from a new port, so what connections that are older than a rule's change still do
does not count.

A status of 200 and a small page prove little about the path: ask for a large one, and say with \`bytes\` how much of it
must come.`,
  schema,
  exits: {
    0: 'of curl: the status, the length and the text decide',
    other: 'of curl: it does not hold, also with a good status; curl says why',
  },
  examples: [
    { title: "A peer's pod serves its page", args: { url: 'http://172.7.22.2/', body: 'Welcome to nginx' } },
    {
      title: 'A large page comes to its end, from pod to pod',
      args: { url: 'http://172.7.22.2/big', netns: 'pod', bytes: 1_048_576, keep: 0, timeout: '5s' },
    },
    {
      title: "The peer sees the pod's own address",
      args: { url: 'http://172.7.22.2/', netns: 'pod', client: '172.7.21.2' },
    },
    { title: 'From inside a pod', args: { url: 'http://172.7.22.2/', netns: 'pod', status: 200, timeout: '2s' } },
  ],

  faults: (args) => found(insideFault(args)),

  probe(args) {
    const ms = milliseconds(args.timeout ?? '5s');
    return inside(
      script(ask, [args.url, String(ms / 1000), String(args.keep ?? bodyLimit), args.source ?? ''], {
        timeoutMs: ms + 10_000,
      }),
      args,
    );
  },

  judge(outcome, { status = 200, body, bytes, client, client_pattern = defaultClientPattern }) {
    const report = /asked: status=(\d+) size=(\d+) time=([\d.]+) curl=(\d+)/.exec(outcome.stderr);
    if (outcome.cut !== undefined || report === null) {
      return { ok: false, because: `curl gave no result: ${explain(outcome)}` };
    }
    const [, got = 0, size = 0, time, exit] = report.map(Number);
    if (exit !== 0) {
      const words = cut(/^curl: (.+)$/m.exec(outcome.stderr)?.[1] ?? '', 200);
      const answer = got === 0 ? 'no answer' : `status ${got}, but the answer broke off`;
      return { ok: false, because: `${answer}: curl exit ${exit}${words === '' ? '' : ` ${words}`}` };
    }
    const seen = `status ${got}, curl exit 0, ${size} bytes in ${time} s`;
    const because = (expected: string) => ({ ok: false, because: `${seen}; expected ${expected}` });
    if (got !== status) return because(`status ${status}`);
    if (bytes !== undefined && size < bytes) return because(`at least ${bytes} bytes`);
    if (body !== undefined && !outcome.stdout.includes(body)) return because(`the text ${JSON.stringify(body)} in it`);
    if (client === undefined) return { ok: true, because: seen };
    const from = firstMatch(outcome.stdout, client_pattern);
    if (from === undefined) return because(`it to tell the client's address (${client_pattern})`);
    if (from.replace(/^::ffff:/i, '') !== client) return because(`${client} to be the client, the server saw ${from}`);
    return { ok: true, because: `${seen}, client ${client}` };
  },
});
