import { Failure } from '../core/failure.ts';
import type { SourcePlace } from '../core/fleet.ts';
import type { LinePart } from '../core/mask.ts';
import { blanked } from '../core/printable.ts';
import type { InventoryFault, Spot } from './draft.ts';
import type { Files } from './files.ts';

const most = 50;
const widest = 160;

/** Everything that is wrong with an inventory: in its message with the lines and a caret, and as data. */
export class InventoryFailure extends Failure {
  readonly faults: readonly InventoryFault[];

  constructor(faults: readonly InventoryFault[], files: Pick<Files, 'read' | 'shown'>) {
    const linesOf = readOnce(files);
    const each = new Map(
      faults.map((fault) => [`${shownSpot(fault.spot)}: error ${fault.code}: ${fault.message}`, fault]),
    );
    const shown = [...each]
      .slice(0, most)
      .flatMap(([head, fault]) => [head, ...excerpt(fault, linesOf, files.shown ?? asItIs)]);
    const more = each.size > most ? [`... and ${each.size - most} more`] : [];
    super('invalid', ['the inventory cannot be used:', ...shown, ...more].map(blanked).join('\n'), {
      hint: 'Correct these places; nothing was touched. What a code means: `runbook explain CODE`.',
    });
    this.faults = [...each.values()];
  }
}

/** `file:line:column`, as far as it is known. */
export function shownSpot({ file, line, column }: Spot): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}

function excerpt(
  { spot: { file, line, column = 1 }, hint }: InventoryFault,
  linesOf: LinesOf,
  shown: (line: LinePart) => LinePart,
): readonly string[] {
  const source = line === undefined ? undefined : linesOf(file)[line - 1];
  const code =
    source === undefined ? [] : withCaret(shown({ text: source, start: column - 1, end: column }), `${line}`);
  return hint === undefined ? code : [...code, `      = ${hint}`];
}

/** Such a line, of which nobody knows whether it does, is named by its place alone. */
function mayHoldSecret(line: string): boolean {
  return /pass|secret|token/i.test(line);
}

/** As it may be shown to a person: no wider than its line, of which nothing is shown where that may hold a secret. */
export function shownPlace(place: SourcePlace): SourcePlace {
  const { source, column } = place;
  const width = Math.max(1, Math.min(place.width, source.length - column + 1));
  return { ...place, width, source: mayHoldSecret(source) ? '' : source };
}

function withCaret({ text, start }: LinePart, line: string): readonly string[] {
  if (mayHoldSecret(text)) return [];
  const from = start >= widest ? start - widest / 2 : 0;
  const margin = line.padStart(5);
  return [
    `${margin} | ${text.slice(from, from + widest)}`,
    `${' '.repeat(margin.length)} | ${' '.repeat(start - from)}^`,
  ];
}

const asItIs = (line: LinePart): LinePart => line;

type LinesOf = (file: string) => readonly string[];

/** Many faults of one large file are shown, which is split once. */
function readOnce(files: Pick<Files, 'read'>): LinesOf {
  const known = new Map<string, readonly string[]>();
  return (file) => {
    const lines = known.get(file) ?? files.read(file)?.split(/\r?\n/) ?? [];
    known.set(file, lines);
    return lines;
  };
}
