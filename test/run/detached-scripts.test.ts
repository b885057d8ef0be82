import { expect, test } from 'vitest';
import { script } from '../../src/core/command.ts';
import { stepPutScript, stepRunner, stepStartScript } from '../../src/run/detached-scripts.ts';
import { makeOwnRun } from '../support/own-run.ts';

const armed = '/run/runbook/X/armed';

test('what a host makes by itself is made under the umask of the connection, in a folder for its user alone', async () => {
  const host = await makeOwnRun();
  const under = (text: string, words: readonly string[]) =>
    host.run({ argv: ['sh', '-c', 'umask 027; exec "$@"', 'sh', ...script(text, words).argv] });
  try {
    await host.sh(`mkdir -p /run/runbook/X && : >${armed}`);
    await under(stepPutScript, [armed, '1', '1', '', '10', 'sh', '-c', 'umask']);
    await under(stepStartScript, [armed, '1', stepRunner]);
    await host.sh('until [ -e /run/runbook/X/steps/1/done ]; do sleep 0.1; done');
    expect(await host.sh('cat /run/runbook/X/steps/1/1/out; stat -c %a /run/runbook/X/steps')).toBe('0027\n700\n');
  } finally {
    await host.remove();
  }
});

test('a command of many words has all of them', async () => {
  const host = await makeOwnRun();
  try {
    await host.sh(`mkdir -p /run/runbook/X && : >${armed}`);
    const words = Array.from({ length: 1_500 }, (_, i) => `word-${i}`);
    const put = script(stepPutScript, [armed, '1', '1', '', '30', 'sh', '-c', 'shift 1499; echo "$1"', 'sh', ...words]);
    await host.run({ argv: put.argv });
    await host.run({ argv: script(stepStartScript, [armed, '1', stepRunner]).argv });
    await host.sh('until [ -e /run/runbook/X/steps/1/done ]; do sleep 0.1; done');
    expect(await host.sh('cat /run/runbook/X/steps/1/1/out')).toBe('word-1499\n');
  } finally {
    await host.remove();
  }
});
