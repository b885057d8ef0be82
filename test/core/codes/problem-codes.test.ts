import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { importPlaybook } from '../../../src/ansible/import-playbook.ts';
import { diagnosticsOfFailure } from '../../../src/cli/diagnostics.ts';
import { readExtraVars } from '../../../src/cli/extra-vars.ts';
import { disk } from '../../../src/cli/files.ts';
import { givenValues } from '../../../src/cli/inputs.ts';
import { load } from '../../../src/cli/load.ts';
import { findProject } from '../../../src/cli/project.ts';
import { openerFor } from '../../../src/cli/secret-keys.ts';
import { chosenTags } from '../../../src/cli/tags.ts';
import { type CodeFacts, type Example, exampleFiles } from '../../../src/core/codes/facts.ts';
import { problemCodes } from '../../../src/core/codes/problem-codes.ts';
import { Failure } from '../../../src/core/failure.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runbook-codes-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const codes = Object.entries<CodeFacts>(problemCodes);

describe.each(codes)('%s', (code, facts) => {
  const { example, severity } = facts;
  test('is all that is told of its wrong text', async () => {
    const found = await diagnostics(facts, `${example.wrong}${padding(example)}`);
    const told = new Set(found.map((finding) => `${finding.severity} ${finding.code}`));
    expect([...told], JSON.stringify(found, null, 1)).toEqual([`${severity} ${code}`]);
  });

  test('nothing is told of its right text', async () => {
    expect(await diagnostics(facts, example.right)).toEqual([]);
  });
});

test.each(codes)('%s: its words are sentences, and its summary is none', (_, { summary, means }) => {
  expect(summary).toMatch(/^[A-Z].*[^.]$/);
  for (const sentence of means) expect(sentence).toMatch(/^[A-Z`"-].*[.?]$/);
  expect(means.join(' ').length).toBeGreaterThan(60);
});

/** What is told of a text by whoever tells this code. */
async function diagnostics({ example, imported }: CodeFacts, text: string): Promise<readonly Told[]> {
  return imported ? findingsOfImport(example, text) : findingsOfValidate(example, text);
}

interface Told {
  readonly severity: string;
  readonly code: string;
}

/** What an import tells of it: an error is left out. */
function findingsOfImport({ moved = '' }: Example, text: string): readonly Told[] {
  const { findings: told } = importPlaybook({ file: 'site.yml', text, moved });
  return told.map(({ kind, ...one }) => ({ ...one, severity: kind === 'left-out' ? 'error' : 'warning' }));
}

/** What `validate` finds in a folder with these files. */
async function findingsOfValidate(
  { file = 'site.yml', files, tags, extra }: Example,
  text: string,
): Promise<readonly Told[]> {
  const all: Record<string, string> = { ...exampleFiles, ...files, [file]: text };
  const inventory = [file, ...Object.keys(files ?? {})].find((name) => name.startsWith('inventory')) ?? 'inventory.yml';
  for (const [name, content] of Object.entries(all)) {
    await writeFile(join(folder, name), content);
    if (content.startsWith('#!')) await chmod(join(folder, name), 0o755);
  }
  const terminal = { cwd: folder, home: folder, env: {}, out: () => {}, err: () => {}, isInteractive: false };
  const opener = openerFor({}, findProject(folder), terminal);
  const playbook = join(folder, 'site.yml');
  const values = await givenValues(
    playbook,
    disk.read,
    readExtraVars(extra === undefined ? [] : [extra], disk, folder),
  );
  const sources = { playbook, inventory: [join(folder, inventory)], ...values };
  try {
    const chosen = chosenTags({ tags: tags === undefined ? [] : [tags] });
    return (await load({ ...sources, ...chosen }, disk, terminal, opener)).diagnostics;
  } catch (thrown) {
    if (thrown instanceof Failure) return diagnosticsOfFailure(playbook, thrown);
    throw thrown;
  }
}

function padding({ padding: length = 0 }: Example): string {
  return length === 0 ? '' : `#${' '.repeat(length)}`;
}
