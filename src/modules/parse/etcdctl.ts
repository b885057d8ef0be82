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
  const why = outcome.exit === 0 ? `etcdctl printed "${outcome.stdout.slice(0, 200)}"` : explain(outcome);
  return new Failure('unreadable', `The key ${key} could not be read: ${why}.`, {
    hint: hintFor(outcome),
  });
}

function hintFor(outcome: Outcome): string {
  if (outcome.exit === 127) return 'Nothing was changed. Install etcdctl (Debian: etcd-client) on the host that asks.';
  if (/is a directory/.test(outcome.stderr)) return 'Nothing was changed. Name a key, not a directory of keys.';
  return 'Nothing was changed. See whether the endpoints are right and the cluster has a quorum, and that etcdctl still knows this API.';
}
