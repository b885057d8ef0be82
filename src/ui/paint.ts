import picocolors from 'picocolors';
import { cutSign } from '../core/cut.ts';
import type { Tone } from './progress.ts';

export type Paint = (tone: Tone | 'bold', text: string) => string;

/** Colours when told, plain text otherwise; never asks the environment. */
export function painter(color: boolean): Paint {
  const colors = picocolors.createColors(color);
  const by = { good: colors.green, news: colors.yellow, bad: colors.red, dim: colors.dim, bold: colors.bold };
  return (tone, text) => by[tone](text);
}

/** Cut to `width` columns, the sign of a cut at its end where it was cut. For text without colours. */
export function cutToWidth(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}${cutSign}`;
}
