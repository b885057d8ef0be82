import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { checkout } from '../support/cli.ts';
import { allDocuments, anchorsIn, type Document, linksIn, pathsIn, readDocument } from './documents.ts';

const documents = allDocuments();

test('every link leads somewhere', () => {
  expect(documents.flatMap((document) => broken(document, documents))).toEqual([]);
});

test('every path that the documents name is there', () => {
  const missing = documents.flatMap((document) =>
    pathsIn(document)
      .filter(({ path }) => !existsSync(join(checkout, path)))
      .map(({ path, line }) => `${document.file}:${line} ${path}`),
  );
  expect(missing).toEqual([]);
});

test('every document can be reached from README.md', () => {
  const reached = new Set(['README.md', 'CHANGELOG.md']);
  for (const file of reached) {
    const document = documents.find((one) => one.file === file);
    for (const { target } of document === undefined ? [] : linksIn(document)) {
      const path = normalize(join(dirname(file), target.replace(/#.*/, '')));
      if (path.endsWith('.md')) reached.add(path);
    }
  }
  expect(documents.map(({ file }) => file).filter((file) => !reached.has(file))).toEqual([]);
});

test('a broken link, a missing heading and a missing path are found', () => {
  const text = '# One thing\n\n[a](b.md) [c](#one-thing) [d](#two) `src/nowhere.ts` `[e](f.md)`\n';
  const document = readDocument('docs/a.md', text);
  expect(broken(document, [document])).toEqual(['docs/a.md:3 b.md', 'docs/a.md:3 #two']);
  expect(pathsIn(document)).toEqual([{ path: 'src/nowhere.ts', line: 3 }]);
});

function broken(document: Document, all: readonly Document[]): readonly string[] {
  return linksIn(document)
    .filter(({ target }) => !/^(https?|mailto):/.test(target) && !leadsSomewhere(document, target, all))
    .map(({ target, line }) => `${document.file}:${line} ${target}`);
}

function leadsSomewhere(from: Document, target: string, all: readonly Document[]): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? from.file : normalize(join(dirname(from.file), path));
  if (anchor === undefined) return existsSync(join(checkout, file));
  const to = all.find((document) => document.file === file);
  return to !== undefined && anchorsIn(to).has(anchor);
}
