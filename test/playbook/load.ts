import type { JsonObject } from '../../src/core/json.ts';
import type { Module } from '../../src/core/module.ts';
import type { Play, Registered, Resolution } from '../../src/core/play.ts';
import { type LoadedPlaybook, loadPlaybook } from '../../src/playbook/playbook.ts';
import { flannelFleet } from '../support/fake-fleet.ts';
import { fakeModules } from '../support/fake-modules.ts';

export function load(
  text: string,
  rest: {
    fleet?: typeof flannelFleet;
    extraVars?: JsonObject;
    env?: Record<string, string>;
    read?: (path: string) => string | undefined;
    file?: string;
    modules?: readonly Module[];
  } = {},
): LoadedPlaybook {
  return loadPlaybook({
    file: 'p.yml',
    text,
    fleet: flannelFleet,
    modules: fakeModules,
    extraVars: {},
    env: {},
    ...rest,
  });
}

/** The only play of a playbook without errors. */
export function playOf(text: string, rest: Parameters<typeof load>[1] = {}): Play {
  const { plays, problems } = load(text, rest);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0 || plays[0] === undefined) throw new Error(JSON.stringify(errors, null, 1));
  return plays[0];
}

export function stepsOf(play: Play, task: number, host: string, registered: Registered = new Map()): Resolution {
  const found = play.tasks[task];
  if (found === undefined) throw new Error(`there is no task ${task}`);
  return found.resolve(host, registered);
}
