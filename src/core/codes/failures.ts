import type { FailureCode } from '../failure.ts';

/** What a failure's code means; in sentences. */
export interface FailureFacts {
  /** One line, without a full stop. */
  readonly summary: string;
  readonly means: readonly string[];
  /** What state things are in then. */
  readonly state: string;
  /** What to do. */
  readonly next: string;
}

const state =
  'A command that ends with it has touched nothing. Where a task of a run meets it, the run stops there, puts back what it changed as its playbook says, and tells how that ended.';

export const failureCodes: Readonly<Record<FailureCode, FailureFacts>> = {
  invalid: {
    summary: 'What was given cannot be used',
    means: [
      'An option, runbook.yml, an inventory or a playbook is wrong, or an argument that became known only in the run; the message says where.',
    ],
    state,
    next: 'Correct what the message names; `runbook validate` tells everything that is wrong with a playbook at once.',
  },
  refused: {
    summary: 'What is asked for could do harm',
    means: [
      'It was understood, and it could not be undone, would cut something off or take what others have; or somebody answered no.',
    ],
    state,
    next: 'Read why. Where there is an option that allows it, the message names it.',
  },
  unreadable: {
    summary: 'The answer of a host could not be understood',
    means: [
      'A program on the host printed something else than its versions that are known print. It is not taken for absence.',
    ],
    state,
    next: 'Run the command that the message shows by hand on that host and look at its answer.',
  },
  unreachable: {
    summary: 'A host could not be connected to',
    means: ['The network, the name, the key of the host or the login stands in the way; the message says which.'],
    state:
      'At the start of a run nothing has been touched. A host that is lost in a run is told by the ending of the run.',
    next: 'Try it with `ssh` and the same user, and compare `runbook inventory --host NAME`.',
  },
  busy: {
    summary: 'Somebody else is at it',
    means: ['Another run holds the lock of a host, or an earlier run has not ended.'],
    state: 'Nothing has been touched.',
    next: 'Wait, or look with `runbook locks`. An unended run is ended with `runbook resume` or `runbook rollback`.',
  },
  unwritable: {
    summary: 'A file cannot be written',
    means: [
      'The journal or another file could not be written: the disk is full, or there is no permission. No change is begun that could not be undone from the journal.',
    ],
    state: 'What was changed before is in the journal, and can be undone from it.',
    next: 'Make room or give permission. Then `runbook rollback last`, if a run was going on.',
  },
  missing: {
    summary: 'Something that is needed is not there',
    means: ['A file, a run, a program, a password or a module that was named does not exist here, or on the host.'],
    state,
    next: 'Correct the name, or provide it; the message names the nearest one where there is one.',
  },
  internal: {
    summary: 'A fault of the program itself',
    means: ['Something happened that the program holds to be impossible. It ends with exit code 1.'],
    state: 'What a run had changed is in its journal.',
    next: 'Look at `runbook history`; if a run has not ended, `runbook rollback last`. Report the text with the place in the program.',
  },
};
