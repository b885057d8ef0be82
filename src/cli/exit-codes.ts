/** For what is refused before anything is touched: wrong options, wrong playbook, no connection. */
export const rejected = 2;
/** For a fault of the program itself. */
export const broken = 1;

/** What each exit code says, whichever command ends with it. */
export const exitCodes: Readonly<Record<number, string>> = {
  0: 'It is as it should be: done, kept, in force, or nothing was to be done.',
  1: 'It failed, and nothing was changed that would have to be undone. Also a fault of the program itself.',
  2: 'Refused before anything was touched: options, playbook, inventory, a host that cannot be reached, a requirement, an earlier run that has not ended, a plan that no longer fits.',
  3: 'It failed, and everything that it changed is proven to be as before; or that is so of the hosts that dropped out.',
  4: 'Something is not proven to be as before: a person is needed, and is told what to look at; or a host that was being changed is pending.',
  5: 'Only looked at, and not as it should be: something would change, has drifted, was altered, or could not be imported.',
};

/** The endings of a run that may change something, each with its exit code. */
export const endingCodes = [
  { ending: 'kept', exit: 0, means: 'changed and proven' },
  {
    ending: 'kept',
    exit: 3,
    means: 'the same, save for hosts that dropped out; these are as before, proven or never touched',
  },
  { ending: 'kept', exit: 4, means: 'the same, and how a host is that dropped out is not known: it is pending' },
  { ending: 'unchanged', exit: 0, means: 'nothing was to be done' },
  {
    ending: 'unchanged',
    exit: 3,
    means: 'nothing is changed, save for hosts that dropped out; these are as before, proven or never touched',
  },
  { ending: 'unchanged', exit: 1, means: 'it failed before anything was changed' },
  { ending: 'unchanged', exit: 2, means: 'it was refused before anything was changed' },
  { ending: 'undone', exit: 3, means: 'it failed, and everything that can be brought back is proven to be as before' },
  {
    ending: 'unsure',
    exit: 4,
    means: 'something is not proven to be as before: host, thing, expected and found are named',
  },
] as const;

const run = { '0 to 4': 'as the run ended: see above' };

/**
 * Command -> exit code -> when. Besides these every command ends with 2 where it is refused, and with 1 for a fault of its own.
 * Every command of the program is here; what makes the reference compares.
 */
export const commandCodes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  play: run,
  'play --list-hosts, --list-tasks, --list-tags': { 0: 'listed; no host was contacted' },
  'play --check': { 0: 'nothing would change', 5: 'something would change' },
  plan: { 0: 'nothing would change', 5: 'something would change' },
  apply: run,
  resume: run,
  rollback: { 0: 'everything is as before', 4: 'something is not proven to be as before' },
  audit: { 0: 'in force', 5: 'drifted' },
  validate: { 0: 'every playbook is valid', 2: 'one is not' },
  init: { 0: 'the project is written', 2: 'something is there already, or cannot be written: no file is left' },
  'import ansible-playbook': {
    0: 'everything was imported',
    5: 'something was left out: it is told, and a comment at its place',
    2: 'nothing could be imported, or there is a file already: nothing is written',
  },
  'verify-record': { 0: 'nothing was altered, as far as it can be told', 5: 'something was altered' },
  replay: run,
  'replay --dry': { 0: 'every event is as recorded', 4: 'one is not' },
  locks: { 0: 'every host was asked', 1: 'a host could not be asked' },
  unlock: { 0: 'the locks are gone', 1: 'a host could not be asked; the others are unlocked' },
  ...Object.fromEntries(
    [
      ...[
        'history',
        'pending',
        'show',
        'inventory',
        'snapshot',
        'modules',
        'explain',
        'completion',
        'lab up',
        'lab down',
        'lab status',
      ],
      ...['encrypt', 'decrypt', 'edit', 'rekey'].map((verb) => `secret ${verb}`),
    ].map((name) => [name, { 0: 'done' }]),
  ),
  'lab exec': { any: 'that of the command which is run there' },
};
