import { displayCommand } from '../core/display.ts';
import type { Event, Mode, Phase, StepStatus, UndoStatus } from '../core/event.ts';
import { printable } from '../core/printable.ts';
import { asksBefore } from '../history/record/tally.ts';
import { printableNames } from './printable-names.ts';

/** What counts as good, as news, as bad: how it is coloured and whether it is told at once. */
export type Tone = 'good' | 'news' | 'bad' | 'dim';

export interface TaskProgress {
  readonly phase: Phase;
  readonly name: string;
  /** Word -> how many: `ok`, `changed`, `failed`, `restored`, ... */
  readonly counts: Map<string, { tone: Tone; count: number }>;
  /** Commands that have not answered, by their number. */
  readonly inFlight: Map<number, { readonly on: string; readonly command: string }>;
  /** One line for each host that did not do well. */
  readonly troubles: string[];
}

/** What a view has to draw. */
export type Notice =
  | { readonly kind: 'heading' | 'line' | 'warning'; readonly text: string }
  | { readonly kind: 'begun' | 'moved' | 'done'; readonly task: TaskProgress }
  | { readonly kind: 'trouble'; readonly task: TaskProgress; readonly text: string };

const stepTone: Readonly<Record<StepStatus, Tone>> = {
  ok: 'good',
  changed: 'news',
  failed: 'bad',
  unmet: 'bad',
  lost: 'bad',
  skipped: 'dim',
  protected: 'dim',
  change: 'news',
  depends: 'news',
};

const undoTone: Readonly<Record<UndoStatus, Tone>> = {
  restored: 'good',
  untouched: 'dim',
  irreversible: 'news',
  conflict: 'bad',
  failed: 'bad',
  lost: 'bad',
};

const headings: Readonly<Record<Phase, string>> = {
  require: 'Require',
  plan: 'Plan',
  tasks: 'Tasks',
  verify: 'Verify',
  cleanup: 'Cleanup',
  undo: 'Undo',
  prove: 'Prove that all is as it was',
};

/** Follows a run's events and says what there is to draw. Host text comes out printable. */
export class Progress {
  #mode: Mode = 'play';
  #phases: Phase[] = [];
  #task: TaskProgress | undefined;
  readonly #lost = new Set<string>();

  take(told: Event): readonly Notice[] {
    const event = printableNames(told);
    switch (event.type) {
      case 'run_started':
        this.#mode = event.mode;
        return [{ kind: 'line', text: `${printable(event.playbook)} on ${some(event.hosts)}, run ${event.run}` }];
      case 'play_started':
        this.#phases = [];
        return [...this.#close(), { kind: 'heading', text: `Play: ${printable(event.name)}${batchText(event)}` }];
      case 'phase_started': {
        this.#phases.push(event.phase);
        const because = event.because === undefined ? '' : `: ${printable(event.because)}`;
        return [...this.#close(), { kind: 'heading', text: `${headings[event.phase]}${because}` }];
      }
      case 'task_started':
        return [...this.#close(), ...this.#begin(event.name)];
      case 'task_ended':
        return this.#close();
      case 'command_started':
        this.#task?.inFlight.set(event.id, { on: event.on, command: displayCommand(event.argv) });
        return this.#moved();
      case 'command_ended':
        return this.#task?.inFlight.delete(event.id) === true ? this.#moved() : [];
      case 'step_ended':
        return this.#step(event);
      case 'undo_ended':
        return this.#count(event.status, undoTone[event.status], event);
      case 'host_opened':
        this.#lost.delete(event.host);
        return [];
      case 'guard_ended':
        return guardNotices(event);
      case 'host_lost':
        // Every try to reach it again tells it once more.
        if (this.#lost.has(event.host)) return [];
        this.#lost.add(event.host);
        return [{ kind: 'warning', text: `${event.host} is lost: ${printable(event.because, 500)}` }];
      case 'host_dropped':
        return [
          {
            kind: 'warning',
            text: `${event.host} takes part no more, and is as before: ${printable(event.because, 500)}`,
          },
        ];
      case 'host_pending':
        return [
          {
            kind: 'warning',
            text: `${event.host} is pending, the run goes on without it: ${printable(event.because, 500)}`,
          },
        ];
      case 'interrupted':
        return [{ kind: 'warning', text: `interrupted by ${event.signal}` }];
      case 'warned': {
        const where = event.host === undefined ? '' : `${event.host}: `;
        return [{ kind: 'warning', text: `${where}${printable(event.message, 1_000)}` }];
      }
      case 'run_ended':
        return this.#close();
      default:
        return [];
    }
  }

  #step(event: Extract<Event, { type: 'step_ended' }>): readonly Notice[] {
    const asksOnly = event.status === 'unmet' && asksBefore(this.#phases, this.#mode);
    return asksOnly ? this.#count('not yet', 'news', event) : this.#count(event.status, stepTone[event.status], event);
  }

  #begin(name: string): readonly Notice[] {
    const phase = this.#phases.at(-1) ?? 'tasks';
    this.#task = { phase, name: printable(name), counts: new Map(), inFlight: new Map(), troubles: [] };
    return [{ kind: 'begun', task: this.#task }];
  }

  #close(): readonly Notice[] {
    const task = this.#task;
    this.#task = undefined;
    return task === undefined ? [] : [{ kind: 'done', task }];
  }

  #moved(): readonly Notice[] {
    return this.#task === undefined ? [] : [{ kind: 'moved', task: this.#task }];
  }

  #count(
    word: string,
    tone: Tone,
    step: { readonly host: string; readonly on: string; readonly item?: string; readonly because?: string },
  ): readonly Notice[] {
    // The proof at the end of an undo goes by machine, not by task.
    const begun = this.#task === undefined ? this.#begin('Read again') : [];
    const task = this.#task;
    if (task === undefined) return begun;
    task.counts.set(word, { tone, count: (task.counts.get(word)?.count ?? 0) + 1 });
    if (tone !== 'bad') return [...begun, { kind: 'moved', task }];
    const where = step.on === step.host ? step.host : `${step.host} on ${step.on}`;
    const item = step.item === undefined ? '' : ` (${printable(step.item, 60)})`;
    const text = `${word} ${where}${item}: ${printable(step.because ?? 'no reason given', 500)}`;
    task.troubles.push(text);
    return [...begun, { kind: 'trouble', task, text }];
  }
}

function batchText({ batch, hosts }: Extract<Event, { type: 'play_started' }>): string {
  return batch === undefined ? '' : `, batch ${batch.number} of ${batch.of}: ${some(hosts)}`;
}

/** A few names and how many more. */
export function some(names: readonly string[], limit = 5): string {
  if (names.length <= limit) return names.join(', ');
  return `${names.slice(0, limit - 1).join(', ')} and ${names.length - limit + 1} more`;
}

/** `changed 2  failed 1`, coloured by `paint`. */
export function countsText(task: TaskProgress, paint: (tone: Tone, text: string) => string): string {
  return [...task.counts].map(([word, { tone, count }]) => paint(tone, `${word} ${count}`)).join('  ');
}

/** `waiting for hdss7-22: supervisorctl stop flanneld`; empty when nothing is. */
export function waitingText({ inFlight }: TaskProgress): string {
  const [first] = inFlight.values();
  if (first === undefined) return '';
  const hosts = [...new Set([...inFlight.values()].map(({ on }) => on))];
  return `waiting for ${some(hosts, 3)}: ${first.command}`;
}

/** What an operator has to know of a guard: that it has acted by itself, or was gone with the host. */
function guardNotices({ host, status, failed }: Extract<Event, { type: 'guard_ended' }>): readonly Notice[] {
  if (status === 'gone') return [{ kind: 'warning', text: `${host} has restarted, and its guard with it` }];
  if (status !== 'fired') return [];
  if (failed.length === 0) return [{ kind: 'line', text: `${host}: its guard has put everything back by itself` }];
  const why = failed.map(({ entry, because }) => `entry ${entry}: ${printable(because)}`).join('; ');
  return [{ kind: 'warning', text: `${host}: its guard has put back what it could, but not all: ${why}` }];
}
