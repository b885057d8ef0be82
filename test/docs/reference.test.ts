import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { modulesCommand } from '../../src/cli/commands/modules.ts';
import { endingCodes } from '../../src/cli/exit-codes.ts';
import { modules } from '../../src/modules/list.ts';
import { checkout } from '../support/cli.ts';
import { silentTerminal } from '../support/terminal.ts';

describe('what is derived from the code', () => {
  test('is as the code says', () => {
    expect(generate(checkout, '--check')).toEqual({ status: 0, said: '' });
  });

  test('docs/concepts.md tells the same endings as the page of exit codes', () => {
    const text = readFileSync(join(checkout, 'docs/concepts.md'), 'utf8');
    const rows = text.matchAll(/^\| `(\w+)` \| (.+) \| (\d) \|$/gm);
    const told = [...rows].map(([, ending, means, exit]) => ({ ending, exit: Number(exit), means }));
    expect(told).toEqual(endingCodes);
  });

  test('has a page for each module, and none for others', () => {
    const pages = readdirSync(join(checkout, 'docs/reference/modules')).toSorted();
    expect(pages).toEqual(modules.map(({ name }) => `${name}.md`).toSorted());
  });

  test.each(modules.map(({ name }) => name))('`runbook modules %s` prints its page', async (name) => {
    const terminal = silentTerminal(checkout);
    expect(await modulesCommand(name, terminal)).toBe(0);
    const page = readFileSync(join(checkout, `docs/reference/modules/${name}.md`), 'utf8');
    expect(page.slice(page.indexOf('\n\n') + 2)).toBe(`${terminal.said().trimEnd()}\n`);
    for (const part of ['# ', '## Arguments\n', '## Facts\n', '## Examples\n']) expect(page).toContain(part);
  });

  let copy = '';
  afterEach(() => rmSync(copy, { recursive: true, force: true }));

  test('is told stale by name, and mended', () => {
    copy = mkdtempSync(join(tmpdir(), 'runbook-generate-'));
    for (const folder of ['scripts', 'schemas', 'docs']) {
      cpSync(join(checkout, folder), join(copy, folder), { recursive: true });
    }
    for (const name of ['dist', 'bin', 'node_modules', 'package.json']) {
      symlinkSync(join(checkout, name), join(copy, name));
    }
    const page = join(copy, 'docs/reference/modules/route.md');
    const before = readFileSync(page, 'utf8');
    writeFileSync(page, before.replace('# route', '# rout'));
    writeFileSync(join(copy, 'docs/reference/modules/gone.md'), '# gone\n');
    rmSync(join(copy, 'schemas/playbook.schema.json'));

    const { status, said } = generate(copy, '--check');
    expect(status).toBe(1);
    expect(said.match(/^ {2}\S+/gm)).toEqual([
      '  schemas/playbook.schema.json',
      '  docs/reference/modules/route.md',
      '  docs/reference/modules/gone.md',
    ]);
    expect(said).toContain('npm run schemas');

    generate(copy);
    expect(generate(copy, '--check')).toEqual({ status: 0, said: '' });
    expect(readFileSync(page, 'utf8')).toBe(before);
  });
});

function generate(root: string, ...args: string[]): { status: number | null; said: string } {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts/generate.js'), ...args], {
    encoding: 'utf8',
  });
  return { status, said: stderr };
}
