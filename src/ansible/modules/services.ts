import { entryOf } from '../../core/entry-of.ts';
import { type Args, type Converted, given } from '../arguments.ts';
import { LeaveOut } from '../findings.ts';

const states: Readonly<Record<string, string>> = { started: 'running', stopped: 'stopped' };
const verbs: Readonly<Record<string, string>> = { restarted: 'restart', reloaded: 'reload' };
const noUndo = 'to restart or reload is a command: it runs each time it is called for, and cannot be undone';

/** Whichever manager the host has. */
export function service(args: Args): Converted {
  args.only('use', 'auto');
  args.drop('pattern');
  return ofService(args, (name, verb) => ['service', name, verb]);
}

export function systemd(args: Args): Converted {
  args.only('scope', 'system');
  args.only('force', false);
  args.only('no_block', false);
  args.only('daemon_reexec', false);
  return ofService(args, (name, verb) => ['systemctl', verb, name]);
}

function ofService(args: Args, words: (name: string, verb: string) => string[]): Converted {
  const name = args.text('name', 'service', 'unit');
  const state = args.text('state');
  const [enabled, masked] = [args.flag('enabled'), args.flag('masked')];
  const reload = args.flag('daemon_reload', 'daemon-reload');
  if (name === undefined) {
    if (reload !== true) throw new LeaveOut(`${args.module} needs "name"`, args.node);
    return { module: 'command', args: { argv: ['systemctl', 'daemon-reload'] }, keywords: { changed_when: false } };
  }
  const settings = given({ enabled, masked, reload: reload === false ? undefined : reload });
  const verb = state === undefined ? undefined : entryOf(verbs, state);
  if (verb !== undefined) {
    if (Object.keys(settings).length > 0)
      throw new LeaveOut(
        `"state: ${state}" with other settings is two tasks here`,
        args.node,
        'A `service`, then a `command`.',
      );
    args.note(
      noUndo,
      verb === 'reload' ? 'Ansible would start it where it does not run; this fails there.' : undefined,
    );
    return { module: 'command', args: { argv: words(name, verb) } };
  }
  const wanted = state === undefined ? undefined : (entryOf(states, state) ?? (state.includes('{{') ? undefined : ''));
  if (wanted === '' || (state !== undefined && wanted === undefined))
    throw new LeaveOut(`"state: ${state}" of ${args.module} has no equal here`, args.nodeOf('state'));
  return { module: 'service', args: given({ name, state: wanted, ...settings }) };
}

export function supervisor(args: Args): Converted {
  const name = args.needed('name');
  const state = args.needed('state');
  const config = args.text('config');
  const program = name.endsWith(':') ? `${name}*` : name;
  if (program === 'all') throw new LeaveOut('"all" names no program here', args.node, 'Write a task for each program.');
  if (state === 'restarted') {
    args.note(noUndo, 'As two tasks of `supervisor`, stopped and then running, it is undone too.');
    return {
      module: 'command',
      args: { argv: ['supervisorctl', ...(config === undefined ? [] : ['-c', config]), 'restart', program] },
    };
  }
  const wanted = entryOf(states, state);
  if (wanted === undefined) {
    const hint = 'A program that is defined or removed has its file as `conf`.';
    throw new LeaveOut(`"state: ${state}" of supervisorctl has no equal here`, args.node, hint);
  }
  return { module: 'supervisor', args: given({ program, state: wanted, config }) };
}
