import type { Json } from '../core/json.ts';
import type { Resource } from '../core/module.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Step } from '../core/play.ts';
import { same, stateText } from './probe.ts';
import type { StepResult } from './result.ts';

/** `check_mode: true`: what the step would do with the state that was read, and has not done. `reading`: undefined where nothing can be read. */
export function wouldBe(
  resource: Resource,
  step: Step,
  key: string,
  reading: { readonly state: Json; readonly outcome?: Outcome } | undefined,
): StepResult {
  const before = reading?.state ?? null;
  const after = resource.want(step.args, before);
  const known = { key, before, ...(reading?.outcome === undefined ? {} : { outcome: reading.outcome }) };
  if (reading !== undefined && same(resource, before, after, step)) return { ...known, status: 'ok', after: before };
  const because = `"check_mode: true": would change ${stateText(before)} to ${stateText(after)}`;
  return { ...known, status: 'skipped', changed: true, because, after };
}
