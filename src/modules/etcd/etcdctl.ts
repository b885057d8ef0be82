import { cut } from '../../core/cut.ts';
import { Failure } from '../../core/failure.ts';
import type { Json } from '../../core/json.ts';
import { isJsonObject } from '../../core/json.ts';
import { explain, type Outcome } from '../../core/outcome.ts';

/** A key's content in etcd. Numbers stay text: etcd's are 64 bits wide. */
export type EtcdValue = {
  readonly value: string;
  /** v2 modifiedIndex, v3 mod_revision: what a compare-and-swap compares. */
  readonly index?: string;
  /** v2: seconds left to live. */
  readonly ttl?: string;
  /** v3: the lease it lives by, in hexadecimal as etcdctl takes it. */
  readonly lease?: string;
};

/** Where the API has to be found out, it is part of the state, and a value of null is absence. */
export type EtcdState = Omit<EtcdValue, 'value'> & { readonly api?: 2 | 3; readonly value: string | null };

/** The answer to `etcdctl -o json get --quorum` (v2). null: the server says that there is no such key. */
export function readV2(outcome: Outcome, key: string): EtcdValue | null {
  if (outcome.exit !== 0) {
    // The exit code is 4 for an absent key as for an unreachable server: only the server's own error number tells.
    if (/^Error:\s+100:/m.test(outcome.stderr)) return null;
    throw notRead(outcome, key);
  }
  const node = object(object(parsed(outcome, key)).node);
  const { value, modifiedIndex, ttl } = node;
  if (typeof value !== 'string' || typeof modifiedIndex !== 'string') throw notRead(outcome, key);
  return { value, index: modifiedIndex, ...(typeof ttl === 'string' ? { ttl } : {}) };
}

/** The answer to `etcdctl get -w json` (v3). null: the server answered, and there is no such key. */
export function readV3(outcome: Outcome, key: string): EtcdValue | null {
  if (outcome.exit !== 0) throw notRead(outcome, key);
  const answer = object(parsed(outcome, key));
  if (!isJsonObject(answer.header)) throw notRead(outcome, key);
  if (answer.kvs === undefined) return null;
  const { value = '', mod_revision: index, lease } = object(Array.isArray(answer.kvs) ? answer.kvs[0] : null);
  if (typeof value !== 'string' || typeof index !== 'string') throw notRead(outcome, key);
  const text = Buffer.from(value, 'base64').toString('utf8');
  if (Buffer.from(text).toString('base64') !== value) {
    throw new Failure('unreadable', `The value of ${key} is not text.`, {
      hint: 'Nothing was changed. Only values that are UTF-8 text can be kept and put back.',
    });
  }
  return { value: text, index, ...(typeof lease === 'string' ? { lease: BigInt(lease).toString(16) } : {}) };
}

/**
 * The answer of both APIs, where the client has both: the key in the one where flannel's nodes have live leases, else in the one
 * that has the key. Throws Failure `refused` where both could be meant; an API that does not answer is not ruled out.
 */
export function readWhich(outcome: Outcome, key: string): EtcdState {
  if (outcome.exit !== 0) throw notRead(outcome, key);
  const parts = new Map(
    outcome.stdout
      .split(/^=== /m)
      .slice(1)
      .map((text): [string, Outcome] => {
        const [, name = '', code, body = ''] = /^(\w+) (\d+)\n([\s\S]*)$/.exec(text) ?? [];
        const json = body.split('\n').find((line) => /^\{"(action|header)"/.test(line)) ?? '';
        return [name, { ...outcome, exit: Number(code), stdout: json, stderr: body }];
      }),
  );
  const found = ([2, 3] as const).flatMap((api) => {
    const [answer, leases] = [parts.get(`get${api}`), parts.get(`leases${api}`)];
    if (answer === undefined || (api === 2 && /response is invalid json/.test(answer.stderr))) return [];
    const value = api === 2 ? readV2(answer, key) : readV3(answer, key);
    return [{ api, value, live: leases !== undefined && hasLiveLease(leases, api, key) }];
  });
  const [only, ...more] =
    [found.filter(({ live }) => live), found.filter(({ value }) => value !== null), found].find(
      (some) => some.length > 0,
    ) ?? [];
  if (only !== undefined && more.length === 0) return { ...(only.value ?? { value: null }), api: only.api };
  const why = only?.live ? 'both have live leases' : only?.value ? 'both have the key' : 'neither has the key';
  throw new Failure('refused', `Which API of etcd is meant by ${key} cannot be told: ${why}.`, {
    hint: 'Nothing was changed. Say `api: 2` for flannel before 0.18, else `api: 3`.',
  });
}

/** A lease lives by a time to live; a key without one is a reservation. */
function hasLiveLease(answer: Outcome, api: 2 | 3, directory: string): boolean {
  if (api === 2 && answer.exit !== 0 && /^Error:\s+100:/m.test(answer.stderr)) return false;
  if (answer.exit !== 0) throw notRead(answer, directory);
  const said = object(parsed(answer, directory));
  const list = api === 2 ? object(said.node).nodes : said.kvs;
  return Array.isArray(list) && list.some((item) => object(item)[api === 2 ? 'ttl' : 'lease'] !== undefined);
}

/** JSON in which every number has become a string of its digits, so that none is rounded. Throws SyntaxError. */
function parseWithTextNumbers(text: string): Json {
  const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
  return JSON.parse(text.replace(stringOrNumber, (token) => (token.startsWith('"') ? token : `"${token}"`))) as Json;
}

function parsed(outcome: Outcome, key: string): Json {
  try {
    return parseWithTextNumbers(outcome.stdout);
  } catch {
    throw notRead(outcome, key);
  }
}

function object(value: Json | undefined): { readonly [key: string]: Json } {
  return isJsonObject(value) ? value : {};
}

function notRead(outcome: Outcome, key: string): Failure {
  const why = outcome.exit === 0 ? `etcdctl printed "${cut(outcome.stdout, 200)}"` : explain(outcome);
  return new Failure('unreadable', `The key ${key} could not be read: ${why}.`, {
    hint: hintFor(outcome),
  });
}

function hintFor(outcome: Outcome): string {
  if (outcome.exit === 127)
    return 'Reading changes nothing. Install etcdctl (Debian: etcd-client) on the host that asks.';
  if (/is a directory/.test(outcome.stderr)) return 'Reading changes nothing. Name a key, not a directory of keys.';
  return 'Reading changes nothing. See whether the endpoints are right and the cluster has a quorum, and that etcdctl still knows this API.';
}
