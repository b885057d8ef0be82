import type { XStatic } from 'typebox/schema';
import { type Command, script } from '../core/command.ts';
import { Failure } from '../core/failure.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { sameJson } from '../core/json.ts';
import { defineResource } from '../core/module.ts';
import { type EtcdValue, readV2, readV3 } from './parse/etcdctl.ts';

const about = `
Owns the value of one key in etcd. etcd keys it on the API version and the key: version 2 and 3 are separate stores, and a
value written to the wrong one is never seen. Read with a quorum; written by one compare-and-swap against
the index that was read, so another operator's change is never overwritten: the task then fails and says so.

With \`json\`, a value that means the same JSON is left as it is, whatever its spacing and order of keys. An undo brings back the original
bytes and the time to live, and only while the key still holds what the run wrote. \`etcdctl\` must be on the host that runs the task.

\`\`\`yaml
etcd_key:
  api: 2
  key: /coreos.com/network/config
  json: { Network: 172.7.0.0/16, Backend: { Type: VxLAN } }
\`\`\`
`;

const shape = {
  type: 'object',
  additionalProperties: false,
  required: ['key', 'api'],
  properties: {
    key: { type: 'string', pattern: '^/[^\\n]+$', description: 'The key, from its first slash.' },
    api: { enum: [2, 3], description: 'Version of the etcd API that reads this key. flannel before 0.18 reads 2.' },
    json: { description: 'The wanted value, as a document: compared by meaning, written without white space.' },
    value: { type: 'string', description: 'The wanted value, as text: compared byte for byte.' },
    state: { enum: ['present', 'absent'], description: 'absent: the key must not be there. Default: present.' },
    endpoints: {
      type: 'array',
      minItems: 1,
      items: { type: 'string', minLength: 1, pattern: '^[^,\\s]+$' },
      description: "The cluster's client URLs, as seen from the host. Default: http://127.0.0.1:2379.",
    },
  },
} as const;

type Args = XStatic<typeof shape>;
// Apart from the shape, because a type cannot say "not both" of optional properties.
const schema: typeof shape = Object.assign({}, shape, { not: { required: ['json', 'value'] } });

export const etcdKey = defineResource({
  name: 'etcd_key',
  summary: 'One key in etcd, API version 2 or 3.',
  about,
  schema,
  shared: true,
  examples: [
    {
      title: "flannel's network config",
      args: {
        api: 2,
        key: '/coreos.com/network/config',
        json: { Network: '172.7.0.0/16', Backend: { Type: 'VxLAN' } },
      },
    },
    {
      title: 'No such key, in a cluster of two',
      args: { api: 3, key: '/old', state: 'absent', endpoints: ['http://10.4.7.12:2379', 'http://10.4.7.13:2379'] },
    },
  ],
  reversible: () => true,
  asks: ({ json, value, state }) => json !== undefined || value !== undefined || state !== undefined,
  key: ({ api, key, endpoints }) => `v${api} ${key}${endpoints === undefined ? '' : ` at ${endpoints.join(',')}`}`,
  probe,
  read: (outcome, { api, key }: Args): EtcdValue | null => (api === 2 ? readV2(outcome, key) : readV3(outcome, key)),
  want,
  move,
  same: (a: EtcdValue | null, b: EtcdValue | null) =>
    a?.value === b?.value && (a?.ttl === undefined) === (b?.ttl === undefined) && a?.lease === b?.lease,
  restate,
});

function endpointList({ endpoints = ['http://127.0.0.1:2379'] }: Args): string {
  return endpoints.join(',');
}

/** No arguments can ask for the rest of a time to live. */
function restate(state: EtcdValue | null, { api, key, endpoints }: Args): JsonObject | null {
  if (state?.ttl !== undefined || state?.lease !== undefined) return null;
  const where = { api, key, ...(endpoints === undefined ? {} : { endpoints }) };
  return state === null ? { ...where, state: 'absent' } : { ...where, value: state.value };
}

function probe(args: Args): Command {
  // --no-sync: otherwise the client goes on to the members' advertised URLs, which it may not reach.
  const words =
    args.api === 2
      ? ['etcdctl', '--no-sync', '--endpoints', endpointList(args), '-o', 'json', 'get', '--quorum', '--', args.key]
      : ['etcdctl', '--endpoints', endpointList(args), 'get', '-w', 'json', '--', args.key];
  return { argv: words, env: { ETCDCTL_API: String(args.api) } };
}

function want(args: Args, now: EtcdValue | null): EtcdValue | null {
  if ((args.json !== undefined || args.value !== undefined) && args.state === 'absent') {
    throw new Failure('invalid', `The key ${args.key} cannot be absent and have a value.`, {
      hint: 'Leave out the value, or `state`.',
    });
  }
  if (args.state === 'absent') return null;
  if (args.json !== undefined) {
    const json = args.json as Json;
    return now !== null && meansSame(now.value, json) ? now : { value: JSON.stringify(json) };
  }
  return args.value === undefined || args.value === now?.value ? now : { value: args.value };
}

function meansSame(text: string, json: Json): boolean {
  try {
    return sameJson(JSON.parse(text) as Json, json);
  } catch {
    return false;
  }
}

/** One compare-and-swap. Without an index (a state that is only planned) the value itself is compared. */
function move(from: EtcdValue | null, to: EtcdValue | null, args: Args): readonly Command[] {
  if (from === null && to === null) return [];
  return [args.api === 2 ? moveV2(from, to, args) : moveV3(from, to, args)];
}

const changedByOther = `was changed by somebody else since it was read. Nothing was written`;

const v2Script = `key=$1; shift
problem=$(etcdctl "$@" 2>&1 >/dev/null) && exit 0
case $problem in
  *'Error:  100:'* | *'Error:  101:'* | *'Error:  105:'*) echo "The key $key ${changedByOther}: $problem" >&2 ;;
  *) printf '%s\\n' "$problem" >&2 ;;
esac
exit 1`;

function moveV2(from: EtcdValue | null, to: EtcdValue | null, args: Args): Command {
  const compare = (verb: string): readonly string[] =>
    from?.index === undefined ? [`--${verb}-value`, from?.value ?? ''] : [`--${verb}-index`, from.index];
  const change = to === null ? ['rm', ...compare('with')] : from === null ? ['mk'] : ['set', ...compare('swap-with')];
  const ttl = to?.ttl === undefined ? [] : ['--ttl', to.ttl];
  // The value goes by standard input, where any text is safe; only an empty one must be a word.
  const empty = to?.value === '' ? [''] : [];
  const words = ['--no-sync', '--endpoints', endpointList(args), ...change, ...ttl, '--', args.key, ...empty];
  const stdin = to === null ? {} : { stdin: to.value };
  return script(v2Script, [args.key, ...words], { env: { ETCDCTL_API: '2' }, timeoutMs, ...stdin });
}

/** A transaction reports its failure with exit code 0, and knows no time limit of its own. */
const timeoutMs = 15_000;

const v3Script = `key=$1; shift
answer=$(etcdctl "$@" 2>&1) || { printf '%s\\n' "$answer" >&2; exit 1; }
case $answer in
  SUCCESS*) exit 0 ;;
  FAILURE*) echo "The key $key ${changedByOther}." >&2 ;;
  *) printf 'etcdctl answered: %s\\n' "$answer" >&2 ;;
esac
exit 1`;

function moveV3(from: EtcdValue | null, to: EtcdValue | null, args: Args): Command {
  // Go's double-quoted strings; etcdctl mishandles every other quoting.
  const quoted = (text: string): string => JSON.stringify(text);
  const compare =
    from === null
      ? `create(${quoted(args.key)}) = "0"`
      : from.index === undefined
        ? `value(${quoted(args.key)}) = ${quoted(from.value)}`
        : `mod(${quoted(args.key)}) = ${quoted(from.index)}`;
  const lease = to?.lease === undefined ? '' : `--lease=${to.lease} `;
  const change = to === null ? `del ${quoted(args.key)}` : `put ${lease}-- ${quoted(args.key)} ${quoted(to.value)}`;
  const stdin = `${compare}\n\n${change}\n\n\n`;
  return script(v3Script, [args.key, '--endpoints', endpointList(args), 'txn'], {
    env: { ETCDCTL_API: '3' },
    timeoutMs,
    stdin,
  });
}
