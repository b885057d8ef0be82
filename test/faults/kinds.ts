/** What can go wrong at a position. */
export interface Kind {
  readonly what: string;
  /** A command that only reads is not told apart from itself, done or not done. */
  readonly onlyChanges?: true;
  /** It can strike while a connection is being opened, too. */
  readonly atOpening?: true;
  /** The host, or etcd, is away until the run has ended: the run cannot prove everything. */
  readonly lasts?: true;
  /** The controller dies: there is no ending, and a person runs `runbook rollback`. */
  readonly kills?: true;
  /** Nobody runs anything: the guards restore the hosts. */
  readonly alone?: true;
}

const table = {
  fails: { what: 'the command fails without having run' },
  'fails-after': { what: 'the command runs, and reports a failure', onlyChanges: true },
  'cut-before': { what: 'the connection is cut before the command' },
  'cut-during': { what: "the host's session is killed in mid-command", onlyChanges: true },
  'cut-after': { what: 'the command runs, and the connection is cut before its outcome', onlyChanges: true },
  hangs: { what: 'the command hangs before it does anything' },
  'hangs-after': { what: 'the command hangs when it is done', onlyChanges: true },
  'sshd-gone': { what: 'sshd dies until the run has ended', atOpening: true, lasts: true },
  'sshd-flap': { what: 'sshd dies and comes back at once', atOpening: true },
  'power-off': { what: 'the host loses power until the run has ended', atOpening: true, lasts: true },
  'power-off-during': { what: 'the same, in mid-command', onlyChanges: true, lasts: true },
  'power-cycle': { what: 'the host restarts: another boot id', atOpening: true },
  'wire-cut': { what: 'the host is cut off without a word until the run has ended', onlyChanges: true, lasts: true },
  'etcd-stopped': { what: 'etcd stands still until the run has ended', lasts: true },
  'etcd-crash': { what: 'etcd is killed and started again' },
  'run-full': { what: "the host's /run is full until the run has ended" },
  'journal-full': { what: "the controller's disk is full until the run has ended", atOpening: true },
  'kill-before': { what: 'kill -9 of the controller before the command', atOpening: true, kills: true },
  'kill-during': { what: 'kill -9 of the controller in mid-command', onlyChanges: true, kills: true },
  'kill-after': { what: 'kill -9 of the controller before it hears the outcome', onlyChanges: true, kills: true },
  'left-alone': {
    what: 'kill -9 of the controller, and nobody does anything: the guards are all there is',
    onlyChanges: true,
    kills: true,
    alone: true,
  },
  interrupt: { what: 'Ctrl-C', atOpening: true },
  'interrupt-twice': { what: 'Ctrl-C twice, in mid-command', onlyChanges: true },
} as const satisfies Record<string, Kind>;

export type KindName = keyof typeof table;

export const kinds: Readonly<Record<KindName, Kind>> = table;

export const kindNames = Object.keys(table) as KindName[];
