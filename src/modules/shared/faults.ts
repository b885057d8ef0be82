import type { ArgumentFault } from '../../core/module.ts';
import { type FormatName, formatFault, isOf } from './formats.ts';

type Path = ArgumentFault['path'];

/** Those that were found; a condition that did not hold is none. */
export function found(...all: readonly (ArgumentFault | false | undefined)[]): readonly ArgumentFault[] {
  return all.filter((one) => one !== false && one !== undefined);
}

/** A key that does not go with another. */
export function clash(key: string | Path, message: string, hint: string): ArgumentFault {
  return { code: 'contradiction', message, path: [key].flat(), key: true, hint };
}

/** What a key needs beside it, or the module at all, is not there. */
export function lacking(key: string | Path, message: string, hint: string): ArgumentFault {
  return { code: 'missing-key', message, path: [key].flat(), key: true, hint };
}

/** A value that cannot be; the message goes on from its name. */
export function wrong(key: string | Path, message: string, hint: string): ArgumentFault {
  return { code: 'bad-value', message, path: [key].flat(), hint };
}

/** Text that is not of its kind. */
export function unlike(name: FormatName, key: string | Path, text: string | undefined): ArgumentFault | undefined {
  if (text === undefined || isOf(name, text)) return undefined;
  return { code: 'bad-value', path: [key].flat(), ...formatFault(name, text) };
}

/** Which family an address or a network is of; undefined for a name or nothing. */
export function familyOf(text: string | undefined): 4 | 6 | undefined {
  if (text === undefined || !/^[\d.]+(\/|$)|:/.test(text)) return undefined;
  return text.includes(':') ? 6 : 4;
}

/** An address that is of another family than the one that it goes with. */
export function strange(key: string | Path, text: string | undefined, family: 4 | 6 | undefined, with_: string) {
  const own = familyOf(text);
  if (own === undefined || family === undefined || own === family) return undefined;
  return wrong(key, `is of IPv${own}, and ${with_} of IPv${family}`, `Write an address of IPv${family}.`);
}
