import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { checkout } from '../support/cli.ts';

/** A fenced block of a document. */
export interface Block {
  readonly file: string;
  /** Of its opening fence, from 1. */
  readonly line: number;
  /** What stands after the opening fence. */
  readonly info: string;
  readonly text: string;
}

export interface Document {
  /** Relative to the checkout. */
  readonly file: string;
  readonly blocks: readonly Block[];
  /** Without its fenced blocks; the lines keep their numbers. */
  readonly prose: readonly string[];
}

/** README.md, CHANGELOG.md and everything under docs/. */
export function allDocuments(): readonly Document[] {
  const under = readdirSync(join(checkout, 'docs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => relative(checkout, join(entry.parentPath, entry.name)))
    .toSorted((a, b) => (a < b ? -1 : 1));
  return ['README.md', 'CHANGELOG.md', ...under].map(oneDocument);
}

/** `file`: relative to the checkout. */
export function oneDocument(file: string): Document {
  return readDocument(file, readFileSync(join(checkout, file), 'utf8'));
}

/** Throws Error for a fence that is not closed. */
export function readDocument(file: string, text: string): Document {
  const blocks: Block[] = [];
  const prose: string[] = [];
  let open: { indent: string; fence: string; info: string; line: number; lines: string[] } | undefined;
  for (const [i, line] of text.split('\n').entries()) {
    const [, indent = '', fence = '', info = ''] = /^(\s*)(`{3,}|~{3,})\s*(.*)$/.exec(line) ?? [];
    if (open === undefined && fence !== '') {
      open = { indent, fence, info: info.trim(), line: i + 1, lines: [] };
    } else if (open !== undefined && fence.startsWith(open.fence) && info === '') {
      blocks.push({ file, line: open.line, info: open.info, text: open.lines.join('\n') });
      open = undefined;
    } else if (open !== undefined) {
      open.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
    } else {
      prose.push(line);
      continue;
    }
    prose.push('');
  }
  if (open !== undefined) throw new Error(`${file}:${open.line}: the block is not closed`);
  return { file, blocks, prose };
}

/** Targets of `[text](target)`, with their lines from 1; not those in inline code. */
export function linksIn({ prose }: Document): readonly { readonly target: string; readonly line: number }[] {
  return prose.flatMap((text, i) =>
    [...text.replace(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => ({ target, line: i + 1 })),
  );
}

/** What links can name after `#`, as GitHub makes it of the headings. */
export function anchorsIn({ prose }: Document): ReadonlySet<string> {
  const headings = prose.flatMap((line) => /^#{1,6}\s+(.*)$/.exec(line)?.[1] ?? []);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  );
}

/** Inline code that looks like a path of the checkout, with its line from 1; not where NAME stands for any. */
export function pathsIn({ prose }: Document): readonly { readonly path: string; readonly line: number }[] {
  return prose.flatMap((text, i) =>
    [...text.matchAll(/`((?:bench|bin|docs|playbooks|schemas|scripts|src|test)\/[\w./-]*)`/g)]
      .map(([, path = '']) => ({ path, line: i + 1 }))
      .filter(({ path }) => !path.includes('NAME')),
  );
}
