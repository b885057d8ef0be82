import type { XStatic } from 'typebox/schema';
import { type Command, script } from '../core/command.ts';
import { milliseconds, timeoutPattern } from '../core/duration.ts';
import { Failure } from '../core/failure.ts';
import { defineResource } from '../core/module.ts';
import { restoreService } from './services/service-restore.ts';
import { bootScript, statusScript, switchScript } from './services/service-scripts.ts';
import { type Service, serviceIn, unknownService } from './services/service-status.ts';
import { clash, found } from './shared/faults.ts';

const schema = {
  type: 'object',
  description: 'A service of the host.',
  properties: {
    name: {
      type: 'string',
      pattern: '^[A-Za-z0-9_.@:\\\\][A-Za-z0-9_.@:\\\\-]*$',
      description: 'Its name: a unit of systemd (`.service` may be left out), or a script in /etc/init.d.',
    },
    state: { enum: ['running', 'stopped'], description: 'As it is where not given.' },
    enabled: { type: 'boolean', description: 'Whether it starts with the host. As it is where not given.' },
    masked: { type: 'boolean', description: 'systemd: whether it cannot be started at all. As it is where not given.' },
    reload: {
      enum: [true],
      description: "systemd: read the unit's files again where they have changed (`daemon-reload`), before all else.",
    },
    wait: {
      type: 'string',
      pattern: timeoutPattern,
      default: '90s',
      description: 'The longest a start or a stop may take.',
    },
  },
  required: ['name'],
  additionalProperties: false,
} as const;

type Args = XStatic<typeof schema>;

/**
 * A service under systemd, OpenRC or SysV init. Keyed on its name.
 *
 *     - service: { name: docker, state: running, enabled: true }
 */
export const service = defineResource<typeof schema, Service>({
  name: 'service',
  summary: 'A service runs or is stopped, and starts with the host or does not',
  about: `Under systemd its properties are asked for (\`systemctl show\`), where systemd does not run the service's own
script (OpenRC, or SysV with LSB exit codes). A start has succeeded when the service is active and a second later is
still so, as the same process: systemd calls a service started before it has failed. One that it starts again and
again is not running.

Only states can be asked for, so a second play changes nothing: to restart a service, or to have it read its own
configuration again, use \`command\`. \`reload\` is about the unit's files. A unit that cannot be enabled (static, or
made by a generator) is refused, and so is starting one that is masked, unless \`masked: false\` is asked for with it.

An undo brings back the state, the boot setting and the mask. Stopped, failed and dead are the same to it.`,
  schema,
  examples: [
    { title: 'Have a service run now and after a boot', args: { name: 'docker', state: 'running', enabled: true } },
    { title: 'Stop one for good', args: { name: 'firewalld', state: 'stopped', enabled: false, masked: true } },
    { title: 'Only read it (with `protect: true`)', args: { name: 'docker' } },
  ],
  program: true,
  reversible: () => true,
  faults: ({ state, enabled, masked }) =>
    found(
      masked === true &&
        (state === 'running' || enabled === true) &&
        clash(
          'masked',
          'a masked service can neither be started nor enabled',
          `Leave out "masked", or "${state === 'running' ? 'state' : 'enabled'}".`,
        ),
    ),
  asks: ({ state, enabled, masked, reload }) => [state, enabled, masked, reload].some((wanted) => wanted !== undefined),
  key: ({ name }) => name.replace(/\.service$/, ''),
  probe: ({ name }) => script(statusScript, [name]),
  read: (outcome, { name }) => serviceIn(outcome, name),

  want(args, now) {
    if (now === null) throw unknownService(args.name);
    return wanted(args, now);
  },

  move(from, to, { name, wait = '90s' }): readonly Command[] {
    if (from === null || to === null) return [];
    const seconds = Math.ceil(milliseconds(wait) / 1000);
    const systemctl = (verb: string): Command => ({ argv: ['systemctl', '--no-ask-password', verb, '--', unit(name)] });
    const boot = (verb: string): Command => script(bootScript, [name, verb, (to.levels ?? []).join(' ')]);
    const turn = (verb: string): Command =>
      script(switchScript, [name, verb, String(seconds)], { timeoutMs: 2 * seconds * 1000 + 10_000 });
    const start = isUp(to) && !runs(from);
    const stop = rests(to) && !rests(from);
    const bootChanges = bootSide(from) !== bootSide(to) && settable.includes(to.boot) && to.masked !== true;
    return [
      ...(from.masked === true && to.masked !== true ? [systemctl('unmask')] : []),
      ...(from.stale === true && to.stale !== true ? [{ argv: ['systemctl', 'daemon-reload'] }] : []),
      ...(stop ? [turn('stop')] : []),
      ...(bootChanges ? [boot(bootVerb(to.boot))] : []),
      ...(start ? [turn('start')] : []),
      ...(from.masked !== true && to.masked === true ? [systemctl('mask')] : []),
    ];
  },

  same: (a, b) =>
    a === null || b === null ? a === b : alike(a, b, never) && (a.stale ?? false) === (b.stale ?? false),
  // That systemd has read newer files is no harm, and cannot be taken back.
  // Of a service that was installed later than the run began, and is not there any more, nothing runs.
  restored(before, now) {
    if (before === null || now === null) return now === null && (before === null || rests(before));
    return alike(meantAs(before, now), now, exactly);
  },
  restore(before, _, { name, wait = '90s' }) {
    if (before === null) return null;
    const verb = before.masked !== true && settable.includes(before.boot) ? bootVerb(before.boot) : '';
    const seconds = Math.ceil(milliseconds(wait) / 1000);
    return restoreService(name, before, { boot: bootSide(before), verb, seconds });
  },

  affects: () => ['process:', 'route:', 'link:'],

  restate(state, { name }) {
    if (state === null || state.stale === true || !(runs(state) || rests(state))) return null;
    const enabled = never(bootSide(state));
    return {
      name,
      state: runs(state) ? 'running' : 'stopped',
      ...(enabled === 'enabled' || enabled === 'disabled' ? { enabled: enabled === 'enabled' } : {}),
      ...(state.masked === undefined ? {} : { masked: state.masked }),
    };
  },
});

const runs = ({ state }: Service): boolean => state === 'running';
const rests = ({ state }: Service): boolean => state === 'stopped' || state === 'failed';
const isUp = (service: Service): boolean => runs(service) || service.state === 'starting';
/** Words for the boot that a command can bring about. */
const settable = ['enabled', 'disabled', 'unlinked'];
const unit = (name: string): string => (name.includes('.') ? name : `${name}.service`);

/** What an unmasked unit is set to for the boot shows only then. */
const anyBoot = 'unknown';

/** One that was on its way has arrived since: that is as good. */
function meantAs(before: Service, now: Service): Service {
  const arrived = before.state === 'starting' ? runs(now) : before.state === 'stopping' && rests(now);
  return arrived ? { ...before, state: now.state } : before;
}

function bootSide({ boot, masked }: Service): string {
  return masked === true ? 'masked' : boot;
}

function bootVerb(boot: string): string {
  return boot === 'enabled' ? 'enable' : boot === 'unlinked' ? 'unlink' : 'disable';
}

/** A script that was never set up for the boot is as good as one that is disabled, but an undo makes the difference. */
const never = (boot: string): string => (boot === 'unlinked' ? 'disabled' : boot);
const exactly = (boot: string): string => boot;

function alike(a: Service, b: Service, word: (boot: string) => string): boolean {
  const state = a.state === b.state || (rests(a) && rests(b));
  const boot = [a.boot, b.boot].includes(anyBoot) || word(bootSide(a)) === word(bootSide(b));
  return state && boot && (a.masked ?? false) === (b.masked ?? false);
}

function wanted({ name, state, enabled, masked, reload }: Args, now: Service): Service {
  if (now.manager !== 'systemd' && (masked !== undefined || reload !== undefined)) {
    throw new Failure('refused', `${name} is not under systemd: there is nothing to mask or to reload`, {
      hint: 'Leave `masked` and `reload` out for this host. Nothing was changed.',
    });
  }
  const isMasked = masked ?? now.masked ?? false;
  if (isMasked && (state === 'running' || enabled === true)) {
    throw new Failure('refused', `${name} is masked, so it can neither be started nor enabled`, {
      hint: 'Ask for `masked: false` too, if whoever masked it agrees. Nothing was changed.',
    });
  }
  const fits = state === undefined || (state === 'running' ? runs(now) : rests(now));
  const { pid, restarts, ...rest } = now;
  return {
    ...(fits ? now : { ...rest, state }),
    boot: bootWanted(name, enabled, now, isMasked),
    ...(now.masked === undefined ? {} : { masked: isMasked }),
    ...(reload === true ? { stale: false } : {}),
  };
}

function bootWanted(name: string, enabled: boolean | undefined, now: Service, isMasked: boolean): string {
  if (!isMasked && enabled === undefined && now.masked === true) return anyBoot;
  if (isMasked || enabled === undefined) return now.boot;
  const aim = enabled ? 'enabled' : 'disabled';
  if ([...settable, 'masked'].includes(now.boot)) {
    return !enabled && now.boot === 'unlinked' ? now.boot : aim;
  }
  throw new Failure('refused', `${name} cannot be ${aim}: its unit file is "${now.boot}"`, {
    hint: 'Such a unit is started by others, or made by a generator. Leave `enabled` out. Nothing was changed.',
  });
}
