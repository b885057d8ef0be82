import { Failure } from '../../core/failure.ts';
import type { Connect, Host } from '../../core/host.ts';
import { explain } from '../../core/outcome.ts';
import { printable } from '../../core/printable.ts';
import { connector } from '../../hosts/connect.ts';
import { breakCommand, type Looked, lookCommand, readLook } from '../../run/lock/commands.ts';
import { type ConnectOptions, connecting } from '../connecting.ts';
import { type InventoryOptions, namedInventory } from '../named-inventory.ts';
import type { Terminal } from '../terminal.ts';

type LockOptions = InventoryOptions & ConnectOptions;

interface Seen extends Looked {
  readonly host: string;
}

/** Who plays on which host just now, and which guards are still to act. */
export async function locksCommand(pattern: string, options: LockOptions, terminal: Terminal): Promise<number> {
  const { names, connect } = await reached(pattern, options, terminal);
  const hosts = await Promise.all(names.map((name) => look(connect, name)));
  const lines = hosts.flatMap(linesOf);
  terminal.out(lines.length === 0 ? 'No locks.\n' : `${lines.map((line) => printable(line, 500)).join('\n')}\n`);
  return hosts.some((host) => 'because' in host) ? 1 : 0;
}

/** Takes the locks of a run away: for one that is known to be dead. Its guards stay: they put back what it changed. */
export async function unlockCommand(run: string, options: LockOptions, terminal: Terminal): Promise<number> {
  const { names, connect } = await reached('all', options, terminal);
  const hosts = await Promise.all(names.map((name) => unlock(connect, name, run)));
  const failed = hosts.flatMap((host) => ('because' in host ? linesOf(host) : []));
  const released = hosts.flatMap((host) =>
    'locks' in host ? host.locks.map(({ name }) => place(host.host, name)) : [],
  );
  const guards = hosts.flatMap((host) => ('guards' in host && host.guards.length > 0 ? [host.host] : []));
  if (released.length > 0) terminal.out(`Unlocked: ${released.join(', ')}\n`);
  if (guards.length > 0)
    terminal.out(`Its guards on ${guards.join(', ')} are still to act; \`runbook rollback ${run}\` does it now.\n`);
  if (failed.length > 0) terminal.err(`${failed.map((line) => printable(line, 500)).join('\n')}\n`);
  if (failed.length > 0) return 1;
  if (released.length > 0) return 0;
  throw new Failure('missing', `no host has a lock of the run ${run}`, { hint: '`runbook locks` lists them.' });
}

async function reached(pattern: string, options: LockOptions, terminal: Terminal) {
  const { project, inventory } = await namedInventory(options, terminal);
  const connect = connector(inventory, await connecting(options, project, terminal));
  return { names: inventory.select(pattern), connect };
}

type Found = Seen | { readonly host: string; readonly because: string };

type Then = (seen: Seen, run: Run) => Promise<Seen>;

/** One host that cannot be asked, for whatever reason, keeps none of the others from it. */
async function look(connect: Connect, name: string, then?: Then): Promise<Found> {
  try {
    return await ask(connect(name), then);
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    return { host: name, because: thrown.message };
  }
}

async function ask(host: Host, then?: Then): Promise<Found> {
  const { name } = host;
  const never = new AbortController().signal;
  try {
    await host.open(never);
    const outcome = await host.run(lookCommand(), never);
    if (outcome.exit !== 0) return { host: name, because: explain(outcome) };
    const seen = { host: name, ...readLook(outcome) };
    return (await then?.(seen, (command) => host.run(command, never))) ?? seen;
  } finally {
    await host.close();
  }
}

type Run = (command: ReturnType<typeof breakCommand>) => Promise<unknown>;

/** What it had of the run is in the result. */
function unlock(connect: Connect, name: string, run: string): Promise<Found> {
  return look(connect, name, async (seen, perform) => {
    const locks = seen.locks.filter(({ holder }) => holder.run === run);
    if (locks.length > 0)
      await perform(
        breakCommand(
          run,
          locks.map((lock) => lock.name),
        ),
      );
    return { ...seen, locks, guards: seen.guards.filter((guard) => guard.run === run) };
  });
}

function linesOf(found: Found): string[] {
  if ('because' in found) return [`${found.host}: not asked: ${found.because}`];
  const locks = found.locks.map(({ name, holder }) => {
    const { run, operator, playbook, since, leftSeconds } = holder;
    return `${place(found.host, name)}  ${run}  ${operator}  ${playbook}  since ${since}  ends in ${leftSeconds} s unless renewed`;
  });
  const guards = found.guards.map(({ run, leftSeconds }) => `${found.host}  ${run}  guard: acts in ${leftSeconds} s`);
  return [...locks, ...guards];
}

function place(host: string, name: string): string {
  return name === '' ? host : `${host} "${name}"`;
}
