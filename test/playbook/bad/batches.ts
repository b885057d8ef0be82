import type { BadPlaybook } from './row.ts';

/** Batches, and hosts that may drop out. */
export const batches: readonly BadPlaybook[] = [
  {
    name: 'a serial that is no size',
    text: '- hosts: flannel\n  serial: half\n  tasks:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:11',
      width: 4,
      code: 'bad-value',
      message: '"serial" cannot be "half"',
      hint: 'Batch by batch, so many hosts at a time: 2, "30%", or a list of these, of which the last repeats.',
    },
  },
  {
    name: 'hosts in a random order',
    text: '- hosts: flannel\n  order: shuffle\n  tasks:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:10',
      width: 7,
      code: 'bad-value',
      message: '"order" must be inventory, reverse_inventory, sorted or reverse_sorted',
      hint: 'A run must come out as its plan says, and a replay as the run: hosts are taken in the order of the inventory, sorted, or one of these reversed.',
    },
  },
  {
    name: 'any_errors_fatal: false without saying how many',
    text: '- hosts: flannel\n  any_errors_fatal: false\n  tasks:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:3',
      width: 16,
      code: 'missing-key',
      message: '"any_errors_fatal: false" needs "max_fail_percentage"',
      hint: 'A failure undoes everything here. Say how many hosts may drop out: "max_fail_percentage: 100" for all but the last.',
    },
  },
  {
    name: 'any_errors_fatal beside hosts that may fail',
    text: '- hosts: flannel\n  any_errors_fatal: true\n  max_fail_percentage: 30\n  tasks:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:3',
      width: 16,
      code: 'contradiction',
      message: '"any_errors_fatal: true" lets no host drop out, and "max_fail_percentage" does',
      hint: 'Remove one of them.',
    },
  },
  {
    name: 'hosts that may be lost without a guard',
    text: '- hosts: flannel\n  guard: off\n  tasks:\n    - verify_ping: { target: a }\n      ignore_unreachable: true\n',
    error: {
      at: '5:7',
      width: 18,
      code: 'no-guard',
      message: '"ignore_unreachable" does not go with "guard: off"',
      hint: 'A host that drops out is put back by itself, by its guard. Remove one of them.',
    },
  },
  {
    name: 'a batch of no hosts',
    text: '- hosts: flannel\n  serial: 0\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:11',
      width: 1,
      code: 'bad-value',
      message: '"serial" must be >= 1',
      hint: 'Batch by batch, so many hosts at a time: 2, "30%", or a list of these, of which the last repeats.',
    },
  },
  {
    name: 'a share of more than all',
    text: '- hosts: flannel\n  serial: "120%"\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:11',
      width: 6,
      code: 'bad-value',
      message: '"serial" cannot be "120%"',
      hint: 'Batch by batch, so many hosts at a time: 2, "30%", or a list of these, of which the last repeats.',
    },
  },
  {
    name: 'a share that is no text',
    text: '- hosts: flannel\n  serial: 0.3\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:11',
      width: 3,
      code: 'wrong-type',
      message: '"serial" must be a whole number, text or a list, not 0.3',
      hint: 'Batch by batch, so many hosts at a time: 2, "30%", or a list of these, of which the last repeats.',
    },
  },
  {
    name: 'more than all that may fail',
    text: '- hosts: flannel\n  max_fail_percentage: 150\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:24',
      width: 3,
      code: 'bad-value',
      message: '"max_fail_percentage" must be <= 100',
      hint: 'Of the hosts of a batch so many in a hundred may drop out, failed or lost. One more undoes everything. Default: none may.',
    },
  },
  {
    name: 'hosts that may fail, in words',
    text: '- hosts: flannel\n  max_fail_percentage: "30%"\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '2:24',
      width: 5,
      code: 'wrong-type',
      message: '"max_fail_percentage" must be a number, not the text "30%"',
      hint: 'Of the hosts of a batch so many in a hundred may drop out, failed or lost. One more undoes everything. Default: none may.',
    },
  },
  {
    name: 'hosts that may fail without an undo',
    text: '- hosts: flannel\n  rollback: never\n  max_fail_percentage: 30\n  verify:\n    - verify_ping: { target: a }\n',
    error: {
      at: '3:3',
      width: 19,
      code: 'no-guard',
      message: '"max_fail_percentage" does not go with "rollback: never"',
      hint: 'A host that drops out is put back by itself, by its guard. Remove one of them.',
    },
  },
  {
    name: 'no host at a time',
    text: '- hosts: flannel\n  tasks:\n    - throttle: 0\n      verify_ping: { target: a }\n',
    error: {
      at: '3:17',
      width: 1,
      code: 'bad-value',
      message: '"throttle" must be >= 1',
      hint: 'Hosts at a time for this task, where `forks` allows for more.',
    },
  },
];
