import { entryOf } from '../../core/entry-of.ts';
import { Failure } from '../../core/failure.ts';
import { explain, type Outcome } from '../../core/outcome.ts';

/** A service, as its manager sees it. */
export type Service = {
  readonly manager: 'systemd' | 'openrc' | 'sysv';
  /** `starting` is also one that systemd starts again and again. */
  readonly state: 'running' | 'stopped' | 'starting' | 'stopping' | 'failed';
  /** systemd's own word (enabled, disabled, static, ...); unlinked: a script that was never set up for the boot. */
  readonly boot: string;
  readonly masked?: boolean;
  /** Its definition has changed on disk since systemd read it. */
  readonly stale?: boolean;
  readonly pid?: number;
  readonly restarts?: number;
  /** Of OpenRC: the runlevels that it is in. */
  readonly levels?: readonly string[];
};

/** What the host says of a service; null for one that it does not know. Throws Failure `unreadable`. */
export function serviceIn(outcome: Outcome, name: string): Service | null {
  const [manager = '', ...lines] = outcome.stdout.split('\n');
  if (outcome.exit !== 0) throw unreadable(name, explain(outcome));
  const values = lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const);
  const all = (key: string) => values.filter(([each]) => each === key).map(([, value]) => value);
  const one = (key: string) => all(key)[0] ?? '';
  if (manager === 'systemd') return fromSystemd(one, name, lines);
  const status = Number.parseInt(one('status'), 10);
  if (manager === 'openrc') {
    const levels = all('level');
    return { manager, state: openrcState(status, name), boot: levels.length > 0 ? 'enabled' : 'disabled', levels };
  }
  if (manager === 'sysv') return { manager, state: sysvState(status, name), boot: sysvBoot(all('link')) };
  if (manager !== '') throw unreadable(name, `"${manager}" is not understood`);
  return null;
}

/** A service that is not there is not a stopped one: its name may be misspelt. */
export function unknownService(name: string): Failure {
  return new Failure('missing', `There is no service ${name}`, {
    hint: 'Look at `systemctl list-unit-files` (after a new unit file: `reload: true`), or at /etc/init.d where systemd does not run. A program under supervisor is a matter of `supervisor`.',
  });
}

const activeStates: Readonly<Record<string, Service['state']>> = {
  active: 'running',
  reloading: 'running',
  refreshing: 'running',
  inactive: 'stopped',
  failed: 'failed',
  activating: 'starting',
  deactivating: 'stopping',
  maintenance: 'failed',
};

function fromSystemd(one: (key: string) => string, name: string, lines: readonly string[]): Service | null {
  const [load, active, boot] = [one('LoadState'), one('ActiveState'), one('UnitFileState')];
  if (load === 'not-found') return null;
  if (!['loaded', 'masked'].includes(load)) {
    throw unreadable(name, load === '' ? lines.join(' ').trim() : `systemd could not load the unit (${load})`);
  }
  const state = entryOf(activeStates, active);
  if (state === undefined) throw unreadable(name, `ActiveState is "${active}"`);
  const [pid, restarts] = [Number(one('MainPID')), Number(one('NRestarts'))];
  return {
    manager: 'systemd',
    state,
    // A unit that was made at run time has no file, and no word for it.
    boot: boot === '' ? 'transient' : boot,
    masked: load === 'masked',
    stale: one('NeedDaemonReload') === 'yes',
    ...(pid > 0 ? { pid } : {}),
    ...(restarts > 0 ? { restarts } : {}),
  };
}

/** 0 started, 3 stopped, 4 stopping, 8 starting, 16 inactive, 32 crashed. */
function openrcState(status: number, name: string): Service['state'] {
  const state = ({ 0: 'running', 3: 'stopped', 4: 'stopping', 8: 'starting', 16: 'starting', 32: 'failed' } as const)[
    status
  ];
  if (state === undefined) throw unreadable(name, `its status ends with ${status}`);
  return state;
}

/** 0 runs, 3 does not, 1 and 2 died and left a file behind; 4 and more: it cannot tell. */
function sysvState(status: number, name: string): Service['state'] {
  if (status === 0) return 'running';
  if (status === 3) return 'stopped';
  if (status === 1 || status === 2) return 'failed';
  throw unreadable(name, `its script's status ends with ${status}, which says neither yes nor no`);
}

function sysvBoot(links: readonly string[]): string {
  if (links.length === 0) return 'unlinked';
  return links.some((link) => /rc[2-5]\.d\/S/.test(link)) ? 'enabled' : 'disabled';
}

function unreadable(name: string, why: string): Failure {
  return new Failure('unreadable', `The state of the service ${name} cannot be read: ${why}`, {
    hint: 'Nothing was changed. Look at `systemctl status` (or `service NAME status`) on the host.',
  });
}
