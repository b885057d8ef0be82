import { script } from '../core/command.ts';
import { durationPattern, milliseconds } from '../core/duration.ts';
import { defineCheck } from '../core/module.ts';
import { explain } from '../core/outcome.ts';
import { inNetns, netnsProperty } from './support/netns.ts';

const schema = {
  type: 'object',
  description: 'What to ask for, and what is expected.',
  properties: {
    url: { type: 'string', pattern: '^https?://[^\\s]+$', description: 'Asked with GET. Redirects are not followed.' },
    status: { type: 'integer', minimum: 100, maximum: 599, default: 200, description: 'The status expected.' },
    body: { type: 'string', minLength: 1, description: 'Text that must occur in the first 64 KiB of the answer.' },
    timeout: { type: 'string', pattern: durationPattern, default: '5s', description: 'For the whole of it.' },
    netns: netnsProperty,
  },
  required: ['url'],
  additionalProperties: false,
} as const;

const bodyLimit = 65_536;

// The body goes down the pipe, which keeps its beginning and reads the rest, so that a transfer that stalls half way
// still shows; status, size and curl's own exit code go to stderr, where no body can pretend to be them.
const ask = `
LC_ALL=C; export LC_ALL
{
  curl -q -sS -g --noproxy '*' --proto =http,https --max-time "$2" --connect-timeout "$2" -o /proc/self/fd/3 \\
    -w 'asked: status=%{http_code} size=%{size_download} time=%{time_total}' --url "$1"
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
within \`timeout\` (curl exits with 0), the status is the one expected, and \`body\` occurs in it.`,
  schema,
  examples: [
    { title: "A peer's pod serves its page", args: { url: 'http://172.7.22.2/', body: 'Welcome to nginx' } },
    { title: 'From inside a pod', args: { url: 'http://172.7.22.2/', netns: 'pod', status: 200, timeout: '2s' } },
  ],

  probe({ url, timeout = '5s', netns }) {
    const ms = milliseconds(timeout);
    return inNetns(script(ask, [url, String(ms / 1000), String(bodyLimit)], { timeoutMs: ms + 10_000 }), netns);
  },

  judge(outcome, { status = 200, body }) {
    const report = /asked: status=(\d+) size=(\d+) time=([\d.]+) curl=(\d+)/.exec(outcome.stderr);
    if (outcome.cut !== undefined || report === null) {
      return { ok: false, because: `curl gave no result: ${explain(outcome)}` };
    }
    const [, got, size, time, exit] = report.map(Number);
    if (exit !== 0) {
      const words = /^curl: (.+)$/m.exec(outcome.stderr)?.[1]?.slice(0, 200) ?? '';
      const answer = got === 0 ? 'no answer' : `status ${got}, but the answer broke off`;
      return { ok: false, because: `${answer}: curl exit ${exit}${words === '' ? '' : ` ${words}`}` };
    }
    const seen = `status ${got}, curl exit 0, ${size} bytes in ${time} s`;
    if (got !== status) return { ok: false, because: `${seen}; expected status ${status}` };
    if (body !== undefined && !outcome.stdout.includes(body)) {
      return { ok: false, because: `${seen}; expected the text ${JSON.stringify(body)} in it` };
    }
    return { ok: true, because: seen };
  },
});
