import { systemClock } from '../../src/cli/clock.ts';
import type { Terminal } from '../../src/cli/terminal.ts';

/** A terminal that nobody sits at; what is written to it is kept. */
export function silentTerminal(
  cwd: string,
): Terminal & { readonly said: () => string; readonly complained: () => string } {
  let out = '';
  let err = '';
  return {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd },
    home: cwd,
    operator: 'somebody',
    isTty: false,
    color: false,
    width: 120,
    clock: systemClock,
    through: (connect) => connect,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    said: () => out,
    complained: () => err,
  };
}
