import { Failure } from '../core/failure.ts';
import type { Connection } from '../core/fleet.ts';

/** One hop of a ProxyJump: `[user@]host[:port]`, `[user@][address]:port` or `ssh://...`. Throws Failure `invalid`. */
export function jumpConnection(spec: string): Connection & { readonly address: string } {
  const match = /^(?:ssh:\/\/)?(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?\/?$/.exec(spec.trim());
  const address = match?.[2] ?? match?.[3];
  if (address === undefined) throw new Failure('invalid', `ProxyJump "${spec}" is not [user@]host[:port]`);
  return {
    kind: 'ssh',
    address,
    ...(match?.[1] === undefined ? {} : { user: match[1] }),
    ...(match?.[4] === undefined ? {} : { port: Number(match[4]) }),
  };
}

/** One hop and what its own configuration names as its ProxyJump. */
export interface Hop<Target> {
  readonly target: Target;
  readonly proxyJump: string | undefined;
}

/**
 * The hops of `ProxyJump a,b,c` in their order, those before `a` included: as with ssh itself, the first of a list is reached by what its
 * own configuration says, the others through the one before. Throws Failure `invalid` for a way that goes in a circle.
 */
export async function jumpsOf<Target>(
  spec: string | undefined,
  look: (hop: Connection & { readonly address: string }) => Promise<Hop<Target>>,
  seen: readonly string[],
): Promise<Target[]> {
  if (spec === undefined || spec === 'none') return [];
  const hops = await Promise.all(spec.split(',').map(async (one) => ({ one, ...(await look(jumpConnection(one))) })));
  const [first] = hops;
  if (first === undefined) return [];
  const own = first.proxyJump;
  if (seen.includes(first.one) && own !== undefined && own !== 'none') {
    throw new Failure('invalid', `ProxyJump goes in a circle: ${[...seen, first.one].join(', ')}`, {
      hint: 'Give one of them "ProxyJump none" in ~/.ssh/config. Nothing has been connected.',
    });
  }
  const before = await jumpsOf(own, look, [...seen, first.one]);
  return [...before, ...hops.map(({ target }) => target)];
}
