import type { Event } from '../../src/core/event.ts';
import type { SavedPlan } from '../../src/core/planned.ts';
import type { PlanInputs } from '../../src/history/plan/plan-inputs.ts';
import { planText } from '../../src/history/plan/plan-text.ts';
import { readPlan } from '../../src/history/plan/read-plan.ts';

export const noInputs: PlanInputs = {
  playbook: 'play.yml',
  inventory: ['inventory.yml'],
  extra_vars: {},
  env: [],
  files: {},
  folders: {},
};

/** The plan that a check's events make, written to a file's text and read again. */
export function savedPlan(events: readonly Event[]): SavedPlan {
  return readPlan(planText(events, noInputs), 'change.plan').saved;
}
