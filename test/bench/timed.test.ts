import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { timed } from '../../bench/timed.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'runbook-bench-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (script: string) => timed({ argv: ['bash', '-c', script], cwd: folder, env: {} }, folder);

it("counts the processor time of a command's children's children, and waiting only as wall time", async () => {
  const idle = await run('sleep 0.2');
  expect(idle.wall).toBeGreaterThanOrEqual(0.2);
  expect(idle.cpu).toBeLessThan(0.1);
  const loop = 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done';
  const busy = await run(`bash -c 'bash -c "${loop.replaceAll('$', '\\$')}"; true'; true`);
  expect(busy.cpu).toBeGreaterThan(0.1);
});

it('a command that fails is an error with what it said', async () => {
  await expect(run('echo told; echo complained >&2; exit 3')).rejects.toThrow(/exit 3 of.*\ntold\ncomplained\n/s);
});
