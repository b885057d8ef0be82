import { expect, test } from 'vitest';
import { badPlaybooks } from '../playbook/bad/corpus.ts';
import { inventoryText } from '../playbook/bad/inventory.ts';
import { TestProject } from '../support/cli.ts';
import { Door } from '../support/door.ts';

test('bad playbooks are refused, and no host is connected to', async () => {
  const door = new Door();
  await door.open();
  const own = await TestProject.create('inventory.yml');
  try {
    await own.playbook('inventory.yml', inventoryText('127.0.0.1', door.port));
    for (const { text, error } of badPlaybooks.filter(({ files, extraVars }) => !files && !extraVars).slice(-5)) {
      const path = await own.playbook('p.yml', text);
      const { exit, stderr } = await own.run('play', 'p.yml');
      expect(stderr).toContain(`${path}:${error.at}: error ${error.code}: `);
      expect(exit).toBe(2);
    }
    expect(await door.knocks()).toBe(0);
  } finally {
    await own.remove();
    await door.close();
  }
});
