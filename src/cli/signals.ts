/** What a person or the system asks for while a run is under way. */
export interface Signals {
  /** The first SIGINT, SIGTERM or SIGHUP: go no further and put everything back. */
  readonly interrupt: AbortSignal;
  /**
   * The second, of SIGINT and SIGTERM: do not even wait for the change in flight. The undo itself is never cut short. A terminal that is
   * closed gives SIGHUP more than once, from the shell and from the kernel, and nobody has asked twice.
   */
  readonly hurry: AbortSignal;
  release(): void;
}

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function listenToSignals(tell: (message: string) => void): Signals {
  const interrupt = new AbortController();
  const hurry = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    if (!interrupt.signal.aborted) {
      tell(`${name}: stopping after what is in flight, then putting everything back. Once more: do not wait for it.`);
      interrupt.abort(name);
    } else if (name === 'SIGHUP') {
      return;
    } else if (!hurry.signal.aborted) {
      hurry.abort(name);
    } else {
      tell('What has been changed is being put back; this is not interrupted.');
    }
  };
  for (const name of names) process.on(name, onSignal);
  return {
    interrupt: interrupt.signal,
    hurry: hurry.signal,
    release: () => {
      for (const name of names) process.off(name, onSignal);
    },
  };
}
