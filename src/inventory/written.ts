import type { SourcePlace, WrittenVariable } from '../core/fleet.ts';
import { rangeOfPart } from '../core/text-part.ts';
import type { Spot } from './draft.ts';
import { shownPlace } from './faults.ts';
import type { Files } from './files.ts';
import type { Layer } from './layers.ts';

/** The variables of hosts as they stand in the inventory's files, which are read once for it. */
export class Written {
  readonly #layersOf: (host: string) => readonly Layer[];
  readonly #files: Pick<Files, 'read'>;
  readonly #lines = new Map<string, readonly string[]>();

  constructor(layersOf: (host: string) => readonly Layer[], files: Pick<Files, 'read'>) {
    this.#layersOf = layersOf;
    this.#files = files;
  }

  /** Undefined: it is in no file, or in one that was made by a program. */
  variable(host: string, name: string): WrittenVariable | undefined {
    const spot = this.#layersOf(host)
      .findLast(({ assignments }) => assignments.has(name))
      ?.assignments.get(name)
      ?.spot();
    const { line } = spot ?? {};
    if (spot === undefined || line === undefined) return undefined;
    return { place: (path, part) => this.#placed(spot, spot.part?.(path, part) ?? this.#inLine(spot, line, part)) };
  }

  #placed({ file }: Spot, { line, column, width }: Omit<SourcePlace, 'file' | 'source'>): SourcePlace {
    return shownPlace({ file, line, column, width, source: this.#line(file, line) });
  }

  #inLine({ file, column = 1 }: Spot, line: number, part: Parameters<WrittenVariable['place']>[1]) {
    const rest = this.#line(file, line).slice(column - 1);
    const value = Math.max(0, rest.indexOf('=') + 1);
    const [start, end] = rangeOfPart(rest.slice(value), column - 1 + value, part);
    return { line, column: start + 1, width: end - start };
  }

  #line(file: string, line: number): string {
    const lines =
      this.#lines.get(file) ??
      this.#files
        .read(file)
        ?.replace(/^\uFEFF/, '')
        .split(/\r?\n/) ??
      [];
    this.#lines.set(file, lines);
    return lines[line - 1] ?? '';
  }
}
