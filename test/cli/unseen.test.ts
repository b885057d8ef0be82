import { type ChildProcess, spawn } from 'node:child_process';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import { TestProject } from '../support/cli.ts';

/** Whoever looks on goes away in mid-run: the terminal is closed, or the program at the other end of a pipe has ended. */
let project: TestProject;
let child: ChildProcess | undefined;
beforeEach(async () => {
  project = await TestProject.create('inventory.yml', { alone: true });
  await writeFile(join(project.folder, 'inventory.yml'), 'all:\n  hosts:\n    here: { ansible_connection: local }\n');
  await mkdir(join(project.folder, 'playbooks'));
  await project.playbook(
    'playbooks/slow.yml',
    `- name: Slow
  hosts: here
  tasks:
    - name: Write it
      file: { path: ${inProject('written')}, content: "x" }
    - name: Wait
      command:
        shell: touch ${inProject('waiting')}; while ! [ -e ${inProject('go')} ]; do sleep 0.1; done; echo went
        undo: ["true"]
    - name: More
      file: { path: ${inProject('more')}, content: "x" }
`,
  );
});
afterEach(async () => {
  await writeFile(inProject('go'), '');
  child?.kill('SIGKILL');
  await project.remove();
});

const inProject = (name: string) => join(project.folder, name);
const isThere = (name: string) =>
  access(inProject(name)).then(
    () => true,
    () => false,
  );
const becomesThere = (name: string) => expect.poll(() => isThere(name), { timeout: 20_000 }).toBe(true);

/** How the run ended, from its journal, and what had become of the command that was under way. */
async function ended(): Promise<object> {
  const events = await project.events();
  const went = (event: Event) => event.type === 'command_ended' && event.stdout.includes('went');
  const last = events.at(-1);
  return { ending: last?.type === 'run_ended' ? last.ending : last?.type, went: events.some(went) };
}

const views = ['plain', 'rows', 'ndjson'];

test.each(views)('%s: the terminal is closed: everything is put back, and the exit code says so', async (view) => {
  const line = project.commandLine('play', 'slow.yml', '--no-commit', '-o', view).join("' '");
  // As a login shell does: what hangs up on it, it passes on.
  await writeFile(
    inProject('login'),
    `'${line}' &
trap "kill -HUP $!" HUP
while kill -0 $! 2>/dev/null; do wait $!; code=$?; done
echo $code >exit.new; mv exit.new exit
`,
  );
  // Makes a terminal, which closes as it is killed.
  child = spawn('script', ['-qfc', 'exec sh login', '/dev/null'], {
    cwd: project.folder,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  await becomesThere('waiting');
  child.kill('SIGKILL');
  await writeFile(inProject('go'), '');
  await becomesThere('exit');
  expect(await readFile(inProject('exit'), 'utf8')).toBe('3\n');
  expect(await ended()).toEqual({ ending: 'undone', went: true });
  expect(await isThere('written')).toBe(false);
});

test.each(views)('%s: nobody reads on: the run goes on to its end, and the exit code is its own', async (view) => {
  const started = project.start('play', 'slow.yml', '--no-commit', '-o', view);
  child = started.child;
  started.child.stdout?.once('data', () => started.child.stdout?.destroy());
  started.child.stderr?.destroy();
  await becomesThere('waiting');
  await writeFile(inProject('go'), '');
  expect((await started.ended).exit).toBe(0);
  expect(await ended()).toEqual({ ending: 'kept', went: true });
  expect(await isThere('more')).toBe(true);
});
