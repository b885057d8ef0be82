import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { command } from '../../../src/modules/command.ts';
import { script } from '../../../src/modules/script.ts';
import { asResource } from '../../support/laws.ts';
import { comesBack, type Disturb, isLeftAlone } from '../../support/restores.ts';
import { runHere } from '../../support/run-command.ts';
import { inEachShell, temporaryFolder } from '../../support/shells.ts';

const folder = temporaryFolder();
let [made, told] = ['', ''];
beforeEach(() => {
  [made, told] = [join(folder.path, "ma de'"), join(folder.path, 'told')];
  rmSync(made, { force: true });
  rmSync(told, { force: true });
});

/** The undo says that it ran, so that it can be seen when it should not have. */
const undo = () => ['sh', '-c', 'echo ran >>"$1"; rm -f "$2"', 'sh', told, made];

inEachShell((run) => {
  const thing = (module: typeof command, args: JsonObject) => ({
    run,
    resource: asResource(module),
    args: { undo: undo(), ...args },
    trace: () => [existsSync(made), existsSync(told)],
  });
  const conditions = (): readonly (readonly [string, JsonObject])[] => [
    ['creates', { creates: made }],
    ['unless', { unless: ['test', '-e', made] }],
    ['onlyif', { onlyif: ['test', '!', '-e', made] }],
    ['chdir', { chdir: folder.path, creates: "ma de'" }],
  ];

  describe.each(['creates', 'unless', 'onlyif', 'chdir'])('an effect that is known by %s', (name) => {
    const known = () => Object.fromEntries(conditions())[name] ?? {};

    test.each<readonly [string, boolean, Disturb]>([
      ['untouched', false, () => undefined],
      ['after the run', true, (apply) => apply()],
      [
        'after the run, and taken back by somebody',
        false,
        (apply) => Promise.resolve(apply()).then(() => rmSync(made)),
      ],
      ['there by somebody else', true, () => writeFileSync(made, '')],
    ])('is taken back when it is %s', async (_, undone, disturb) => {
      await comesBack(thing(command, { argv: ['touch', made], ...known() }), disturb);
      expect([existsSync(made), existsSync(told)]).toEqual([false, undone]);
      rmSync(told, { force: true });
      await comesBack(thing(script, { content: 'touch "$1"', args: [made], ...known() }), disturb);
      expect([existsSync(made), existsSync(told)]).toEqual([false, undone]);
    });
  });

  test('an undo that does not help is said so', async () => {
    const args = { argv: ['touch', made], creates: made, undo: ['sh', '-c', 'exit 7'] };
    await isLeftAlone(
      thing(command, args),
      (apply) => apply(),
      /^the undo ended with 7, and the effect is still there$/m,
    );
  });

  test('an effect that cannot be asked for is not taken back', async () => {
    const it = asResource(command);
    const way = it.restore?.(null, 'done', { argv: ['true'], unless: ['/no/such'], undo: undo() }) ?? { argv: [] };
    expect(await run(way)).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/^whether .* cannot be told.*\n?$/),
    });
    expect(existsSync(told)).toBe(false);
  });
});

describe.each([command, script])('$name', (module) => {
  const it = asResource(module);

  test('without a condition: the undo itself', async () => {
    const args = { argv: ['true'], content: 'true', chdir: folder.path, undo: ['touch', 'told'] };
    expect(await runHere(it.restore?.(null, 'done', args) ?? { argv: [] })).toMatchObject({ exit: 0 });
    expect(existsSync(told)).toBe(true);
  });

  test('without an undo, or where the effect was there before: nothing', () => {
    expect(it.restore?.(null, 'done', { argv: ['true'], content: 'true' })).toBeNull();
    expect(it.restore?.('done', 'done', { argv: ['true'], content: 'true', undo: ['true'] })).toBeNull();
  });
});
