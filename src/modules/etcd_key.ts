import type { XStatic } from 'typebox/schema';
import type { Command } from '../core/command.ts';
import { Failure } from '../core/failure.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { sameJson } from '../core/json.ts';
import { type ArgumentFault, defineResource } from '../core/module.ts';
import type { Outcome } from '../core/outcome.ts';
import { hostsOf, locked, readBoth, readKey, swap } from './etcd/etcd-commands.ts';
import { restoreKey } from './etcd/etcd-restore.ts';
import { type EtcdState, type EtcdValue, readV2, readV3, readWhich } from './etcd/etcdctl.ts';
import { type Allowable, allowable, type Flaw, flawsOf, isFlannelKey, sameConfig } from './flannel/flannel-config.ts';
import { clash, wrong } from './shared/faults.ts';

const about = `
Owns the value of one key in etcd. etcd keys it on the API version and the key: version 2 and 3 are separate stores, and a
value written to the wrong one is never seen. \`api: auto\` takes the one where flannel's nodes have live leases beside the key, else the
one that has the key. Read with a quorum; written by one compare-and-swap against
the index that was read, so another operator's change is never overwritten: the task then fails and says so. A write
without an answer is never tried again: the key is read again, and that decides.

With \`json\`, a value that means the same JSON is left as it is, whatever its spacing and order of keys. An undo brings back the original
bytes and the time to live, and only while the key still holds what the run wrote; with a key of API 2 that was not there go the directories
that its first write made, where they are empty. \`etcdctl\` must be on the host that runs the task.

A key that ends in \`/network/config\` is flannel's, and what flanneld would not understand is refused before it is written: an unknown backend type, a
misspelt option (flanneld ignores it), a value of the wrong type, a range of subnets that does not fit; and networks, of either family,
that leases of nodes may not fit any more, because they would be deleted. \`allow\` lets the first two and the last one through by name. An undo is not held to this.

\`\`\`yaml
etcd_key:
  api: 2
  key: /coreos.com/network/config
  json: { Network: 172.7.0.0/16, Backend: { Type: VxLAN } }
\`\`\`
`;

const path = { type: 'string', pattern: '^/[^\\0\\n]*$' } as const;

const shape = {
  type: 'object',
  additionalProperties: false,
  required: ['key', 'api'],
  properties: {
    key: { type: 'string', pattern: '^/[^\\n]+$', description: 'The key, from its first slash.' },
    api: {
      enum: [2, 3, 'auto'],
      description: 'Version of the etcd API that reads this key. flannel before 0.18 reads 2. auto: the one in use.',
    },
    json: { description: 'The wanted value, as a document: compared by meaning, written without white space.' },
    value: { type: 'string', description: 'The wanted value, as text: compared byte for byte.' },
    state: { enum: ['present', 'absent'], default: 'present', description: 'absent: the key must not be there.' },
    endpoints: {
      type: 'array',
      minItems: 1,
      items: { type: 'string', format: 'endpoint', pattern: '^[^,\\s]+$' },
      description: "The cluster's client URLs, as seen from the host. Default: http://127.0.0.1:2379.",
    },
    tls: {
      type: 'object',
      additionalProperties: false,
      description: 'Files on the host for https endpoints.',
      properties: {
        ca: { ...path, description: "The certificate of the servers' authority." },
        cert: { ...path, description: "The client's certificate." },
        key: { ...path, description: "The client's private key." },
      },
      dependentRequired: { cert: ['key'], key: ['cert'] },
    },
    flannel: {
      type: 'boolean',
      description: "Is it flannel's network config? Default: when it ends in /network/config.",
    },
    allow: {
      type: 'array',
      uniqueItems: true,
      items: { enum: allowable },
      description: "What to let through although flannel's config should not have it.",
    },
    lock: {
      type: 'object',
      additionalProperties: false,
      required: ['key'],
      description:
        'Write only while holding this lock, in the same etcd; who else holds it is named, and nothing is written.',
      properties: {
        key: { type: 'string', pattern: '^/[A-Za-z0-9_./-]+$', description: 'The key of the lock.' },
        ttl: { type: 'integer', minimum: 5, default: 60, description: 'Seconds after which it ends by itself.' },
      },
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
  exits: {
    0: 'the key is there; with API 3 an answer without one means that it is not',
    4: "API 2: absent, but only where etcdctl says the server's own error 100; an unreachable server has the same code",
    127: 'etcdctl is not on the host: the run stops',
  },
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
      title: "The same where flannel's nodes look for it, over TLS, and while nobody else holds the lock",
      args: {
        api: 'auto',
        key: '/coreos.com/network/config',
        json: { Network: '172.7.0.0/16', Backend: { Type: 'host-gw' } },
        endpoints: ['https://10.4.7.12:2379'],
        tls: {
          ca: '/opt/etcd/certs/ca.pem',
          cert: '/opt/etcd/certs/client.pem',
          key: '/opt/etcd/certs/client-key.pem',
        },
        lock: { key: '/runbook/lock' },
      },
    },
    {
      title: 'No such key, in a cluster of two',
      args: { api: 3, key: '/old', state: 'absent', endpoints: ['http://10.4.7.12:2379', 'http://10.4.7.13:2379'] },
    },
  ],
  undone:
    'Only while the key still holds what this run wrote: what somebody else has written since is left alone, by the guard too.',
  reversible: () => true,
  faults,
  asks: ({ json, value, state }) => json !== undefined || value !== undefined || state !== undefined,
  key: ({ api, key, endpoints }) =>
    `${api === 'auto' ? api : `v${api}`} ${key}${endpoints === undefined ? '' : ` at ${endpoints.join(',')}`}`,
  probe,
  read: (outcome: Outcome, { api, key }: Args): EtcdState | null => {
    if (api === 'auto') return readWhich(outcome, key);
    return api === 2 ? readV2(outcome, key) : readV3(outcome, key);
  },
  want,
  move,
  same: (a: EtcdState | null, b: EtcdState | null) =>
    (a?.value ?? null) === (b?.value ?? null) &&
    (a?.ttl === undefined) === (b?.ttl === undefined) &&
    a?.lease === b?.lease &&
    a?.api === b?.api,
  restore: (before: EtcdState | null, after: EtcdState | null, args: Args) =>
    restoreKey(apiOf(before, after, args), args, held(before), held(after)),
  reaches: (args: Args) => hostsOf(args),
  restate,
});

/** No arguments can ask for the rest of a time to live. What was there is not held to flannel's rules. */
function restate(state: EtcdState | null, args: Args): JsonObject | null {
  if (state?.ttl !== undefined || state?.lease !== undefined) return null;
  const given = Object.entries({ endpoints: args.endpoints, tls: args.tls, allow: args.allow, lock: args.lock });
  const rest = Object.fromEntries(given.filter(([, value]) => value !== undefined)) as JsonObject;
  const where = { api: state?.api ?? args.api, key: args.key, ...rest };
  const value = state?.value ?? null;
  if (value === null) return { ...where, state: 'absent' };
  const asItIs = isFlannel(args) && flawsOf(value, null).length > 0 ? { flannel: false } : {};
  return { ...where, ...asItIs, value };
}

function isFlannel({ key, flannel }: Args): boolean {
  return flannel ?? isFlannelKey(key);
}

function probe(args: Args): Command {
  if (args.api !== 'auto') return readKey(args.api, args);
  return readBoth(args, isFlannel(args) ? args.key.replace(/[^/]*$/, 'subnets') : '');
}

/** Whether it changes the network is known only when the key is read. */
function faults(args: Args): readonly ArgumentFault[] {
  const { json, value, state, allow = [] } = args;
  const name = json === undefined ? 'value' : 'json';
  const text = json === undefined ? value : JSON.stringify(json);
  if (text === undefined) return [];
  if (state === 'absent')
    return [clash(name, 'a key that is to be absent has no value', `Leave out "${name}", or "state".`)];
  const flaws = isFlannel(args) ? unallowed(flawsOf(text, null), allow) : [];
  return flaws.length === 0 ? [] : [wrong(name, `is not for flannel: ${saidOf(flaws)}`, byName(flaws))];
}

function want(args: Args, now: EtcdState | null): EtcdState | null {
  const { json, value, state } = args;
  const inApi = now?.api === undefined ? {} : { api: now.api };
  if (state === 'absent') return now?.api === undefined ? null : { ...inApi, value: null };
  const text = json === undefined ? value : JSON.stringify(json);
  const is = now?.value ?? null;
  if (text === undefined || text === is) return now;
  if (json !== undefined && is !== null && meansSame(is, json as Json, text, args)) return now;
  if (isFlannel(args)) refuseFlaws(text, is, args);
  return { ...inApi, value: text };
}

function meansSame(is: string, json: Json, text: string, args: Args): boolean {
  if (isFlannel(args) && sameConfig(is, text)) return true;
  try {
    return sameJson(JSON.parse(is) as Json, json);
  } catch {
    return false;
  }
}

function refuseFlaws(text: string, is: string | null, { key, allow = [] }: Args): void {
  const flaws = unallowed(flawsOf(text, is), allow);
  if (flaws.length === 0) return;
  throw new Failure('refused', `This is not written to ${key}: ${saidOf(flaws)}.`, {
    hint: `Nothing was changed. ${byName(flaws)}`,
  });
}

function unallowed(flaws: readonly Flaw[], allow: readonly Allowable[]): readonly Flaw[] {
  return flaws.filter(({ kind }) => kind === null || !allow.includes(kind));
}

function saidOf(flaws: readonly Flaw[]): string {
  return flaws.map(({ says }) => says).join('; ');
}

function byName(flaws: readonly Flaw[]): string {
  const kinds = [...new Set(flaws.map(({ kind }) => kind))];
  return `Correct the value.${kinds.includes(null) ? '' : ` If it is meant, say \`allow: [${kinds.join(', ')}]\`.`}`;
}

function move(from: EtcdState | null, to: EtcdState | null, args: Args): readonly Command[] {
  const [was, is] = [held(from), held(to)];
  if (was === null && is === null) return [];
  const write = swap(apiOf(to, from, args), args, was, is, args.state !== 'absent');
  return [args.lock === undefined ? write : locked(apiOf(to, from, args), args, args.lock, write)];
}

function apiOf(one: EtcdState | null, other: EtcdState | null, { api }: Args): 2 | 3 {
  return api === 'auto' ? (one?.api ?? other?.api ?? 3) : api;
}

function held(state: EtcdState | null): EtcdValue | null {
  return state === null || state.value === null ? null : { ...state, value: state.value };
}
