import { script } from '../core/command.ts';
import { cut } from '../core/cut.ts';
import { milliseconds, timeoutPattern } from '../core/duration.ts';
import { defineCheck } from '../core/module.ts';
import { explain } from '../core/outcome.ts';
import { dnsAnswers } from './checks/dns.ts';
import { inside, insideFault, insideProperties } from './checks/inside.ts';
import { clash, found, lacking, strange, unlike } from './shared/faults.ts';
import type { FormatName } from './shared/formats.ts';

const schema = {
  type: 'object',
  description: 'A name, and what it must stand for.',
  properties: {
    name: {
      type: 'string',
      pattern: '^[A-Za-z0-9_*.:][A-Za-z0-9_*.:-]*$',
      description: 'The name; with `type: PTR` an address.',
    },
    type: {
      enum: ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SRV', 'TXT'],
      default: 'A',
      description: 'Kind of record.',
    },
    server: {
      type: 'string',
      format: 'host',
      pattern: '^[0-9A-Za-z.:][0-9A-Za-z.:-]*$',
      description: 'The server to ask. Without one, addresses (A, AAAA) are looked up as programs on the host do it.',
    },
    port: {
      type: 'integer',
      minimum: 1,
      maximum: 65_535,
      default: 53,
      description: "The server's port. Others than 53 need dig.",
    },
    answers: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      minItems: 1,
      uniqueItems: true,
      description: 'Exactly these must come, in any order. Without it: anything.',
    },
    state: { enum: ['present', 'absent'], default: 'present', description: '`absent`: the name must not be known.' },
    timeout: {
      type: 'string',
      pattern: timeoutPattern,
      default: '2s',
      description: 'For one question, in whole seconds.',
    },
    ...insideProperties,
  },
  required: ['name'],
  additionalProperties: false,
} as const;

const ask = `
LC_ALL=C; export LC_ALL
name=$1 type=$2 server=$3 seconds=$4 port=$5
case $type in PTR) reverse=-x ;; *) reverse= ;; esac
if [ -z "$server" ] && { [ "$type" = A ] || [ "$type" = AAAA ]; } && command -v getent >/dev/null; then
  case $type in A) base=ahostsv4 ;; *) base=ahostsv6 ;; esac
  echo "== getent"; timeout "$seconds" getent "$base" "$name"; echo "exit $?"
elif command -v dig >/dev/null; then
  echo "== dig"
  if [ -n "$reverse" ]; then dig +time="$seconds" +tries=1 +noall +comments +answer -p "$port" \${server:+"@$server"} -x "$name"
  else dig +time="$seconds" +tries=1 +noall +comments +answer -p "$port" \${server:+"@$server"} -t "$type" -q "$name"; fi
elif command -v nslookup >/dev/null; then
  echo "== nslookup"
  if [ -n "$reverse" ]; then timeout $((seconds + 1)) nslookup "$name" $server
  else timeout $((seconds + 1)) nslookup -type="$type" "$name" $server; fi
  echo "exit $?"
else
  echo "neither getent, dig nor nslookup is there" >&2; exit 127
fi
`;

/**
 * Does a name stand for what it should?
 *
 *     - verify_dns: { name: nginx.default.svc.cluster.local, server: 192.168.0.2, netns: pod }
 */
export const verifyDns = defineCheck({
  name: 'verify_dns',
  summary: 'A name resolves to what it should, on the host or in a pod',
  about: `Without \`server\`, an address is looked up as programs on the host do it: /etc/hosts and what else
\`nsswitch.conf\` names. With \`server\`, that DNS server is asked, by dig or nslookup, whichever the host has: after a
switch of the pod network the first thing that pods miss is often their name server on another node.`,
  schema,
  exits: {
    any: 'the answer of getent (0: known, 2: not known), dig (by its status) or nslookup is read; another one does not hold',
  },
  examples: [
    {
      title: "The cluster's name server answers inside a pod",
      args: { name: 'kubernetes.default.svc.cluster.local', server: '192.168.0.2', netns: 'pod' },
    },
    { title: 'A host name, as programs see it', args: { name: 'hdss7-12', answers: ['10.4.7.12'] } },
  ],

  faults: (args) => {
    const { name, type = 'A', server, port, answers = [], state } = args;
    const kind = { A: 'ipv4', AAAA: 'ip', PTR: undefined }[type as string] as FormatName | undefined;
    return found(
      type === 'PTR' ? unlike('ip', 'name', name) : undefined,
      server === undefined && port !== undefined && lacking('port', '"port" is of a "server"', 'Name the server.'),
      state === 'absent' &&
        answers.length > 0 &&
        clash('answers', 'a name that is to be absent has no answers', 'Leave out "answers", or "state".'),
      ...answers.map((text, i) => (kind === undefined ? undefined : unlike(kind, ['answers', i], text))),
      ...answers.map((text, i) => (type === 'AAAA' ? strange(['answers', i], text, 6, 'the record is') : undefined)),
      insideFault(args),
    );
  },

  probe(args) {
    const seconds = Math.max(1, Math.ceil(milliseconds(args.timeout ?? '2s') / 1000));
    const words = [args.name, args.type ?? 'A', args.server ?? '', String(seconds), String(args.port ?? 53)];
    return inside(script(ask, words, { timeoutMs: seconds * 1000 + 10_000 }), args);
  },

  judge(outcome, { name, type = 'A', answers, state = 'present' }) {
    const found = outcome.cut === undefined ? dnsAnswers(outcome.stdout, type) : undefined;
    if (found === undefined) return { ok: false, because: `no answer: ${explain(outcome)}` };
    const got = [...found].sort((a, b) => (a < b ? -1 : 1));
    const seen = got.length === 0 ? `${name} is not known` : `${name} is ${cut(got.join(', '), 200)}`;
    if (state === 'absent') return { ok: got.length === 0, because: seen };
    if (got.length === 0) return { ok: false, because: seen };
    if (answers === undefined) return { ok: true, because: seen };
    const wanted = [...answers].sort((a, b) => (a < b ? -1 : 1));
    const isRight = wanted.length === got.length && wanted.every((one, i) => one === got[i]);
    return { ok: isRight, because: isRight ? seen : `${seen}; expected ${wanted.join(', ')}` };
  },
});
