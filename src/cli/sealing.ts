import type { UndoEntry } from '../core/event.ts';
import { Failure } from '../core/failure.ts';
import type { PlannedPlay, PlannedStep, SavedPlan } from '../core/planned.ts';
import { revealed, type Sealer, withExact } from '../run/sealed.ts';
import { withHint } from '../run/stop.ts';
import { sealWithAge } from '../secrets/age.ts';
import type { Opener } from '../secrets/opener.ts';
import type { Project } from './project.ts';
import type { Terminal } from './terminal.ts';

/** Encrypts to the recipients of runbook.yml; nothing where there are none. Throws Failure `invalid` for a recipient that is none. */
export async function sealing({ secrets: { recipients } }: Project): Promise<{ readonly seal?: Sealer }> {
  if (recipients.length === 0) return {};
  await sealWithAge('', recipients); // in the middle of a run nobody could mend it
  return { seal: (hidden) => sealWithAge(JSON.stringify(hidden), recipients) };
}

/** Notes of a journal with what is encrypted in them in its place, where a key is at hand; else as they are, and it is told. */
export async function unsealedNotes(
  notes: readonly UndoEntry[],
  opener: Opener,
  terminal: Terminal,
): Promise<{ readonly notes: readonly UndoEntry[]; readonly secrets: readonly string[] }> {
  const secrets: string[] = [];
  const opened: UndoEntry[] = [];
  const closed: Failure[] = [];
  for (const note of notes) {
    const read = await unsealedNote(note, opener);
    if (read instanceof Failure) closed.push(read);
    else secrets.push(...read.secrets);
    opened.push(read instanceof Failure ? note : read.note);
  }
  for (const why of new Set(closed.map(withHint))) {
    const count = closed.filter((one) => withHint(one) === why).length;
    const states = `${count} noted ${count === 1 ? 'state' : 'states'} with a secret`;
    terminal.err(`warning: ${states} cannot be read, and so not be put back: ${why}\n`);
  }
  return { notes: opened, secrets: [...new Set(secrets)] };
}

async function unsealedNote(note: UndoEntry, opener: Opener): Promise<ReturnType<typeof revealed> | Failure> {
  if (note.sealed === undefined) return { note, secrets: [] };
  try {
    return revealed(note, await opener.unsealed(note.sealed, 'the journal'));
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  }
}

/**
 * A plan with what is sealed in it, so that a run can be held to that too. Throws Failure where no key opens it: whether it is still as the
 * plan says could not be told.
 */
export async function unsealedPlan(plan: SavedPlan, opener: Opener, file: string): Promise<SavedPlan> {
  const plays: PlannedPlay[] = [];
  for (const play of plan.plays) {
    const steps: PlannedStep[] = [];
    for (const step of play.steps) {
      const { sealed } = step;
      steps.push(sealed === undefined ? step : withExact(step, await unsealed(sealed, opener, file)));
    }
    plays.push({ ...play, steps });
  }
  return { ...plan, plays };
}

async function unsealed(text: string, opener: Opener, file: string): Promise<string> {
  try {
    return await opener.unsealed(text, file);
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    const hint = thrown.hint === undefined ? {} : { hint: thrown.hint };
    throw new Failure(
      thrown.code,
      `what is sealed in ${file} cannot be read: ${thrown.message}. Nothing has been touched`,
      hint,
    );
  }
}
