import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { checkout } from '../support/cli.ts';
import { expectListed, inputs, inventory, playbook } from './loading.ts';
import { mutations } from './noise.ts';
import { runs } from './seed.ts';

const { put, loaded } = inputs();

describe('mutated', () => {
  const texts = (under: string) =>
    readdirSync(join(checkout, under))
      .filter((name) => name.endsWith('.yml'))
      .map((name) => readFileSync(join(checkout, under, name), 'utf8'));
  const ini = '[web]\nweb[1:3] ansible_port=22 a="b c" # x\n[db:children]\nweb\n[all:vars]\nx={"a": [1, 2]}\ny=\'z\'\n';
  const inventories = [inventory, ini, ...texts('test/docs/fixtures')];
  const everything = [...texts('playbooks'), ...texts('test/playbook/fixtures'), playbook];

  test('playbooks are played, or their problems are listed', async () => {
    const where = put(
      'mutated-hosts.yml',
      'all:\n  hosts: { a: }\n  children:\n    flannel: { hosts: { b: { pod_ip: 1.2.3.4 } } }\n    etcd: { hosts: { c: } }\n',
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...everything), mutations, async (text, mutate) => {
        expectListed(await loaded({ playbook: put('mutated.yml', toText(mutate(text))), inventory: where }));
      }),
      runs(120),
    );
  });

  test('inventories are read, or what is wrong is said', async () => {
    const play = put('all.yml', '- hosts: all\n  verify:\n    - verify_ping: { target: "{{ inventory_hostname }}" }\n');
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...inventories),
        mutations,
        fc.constantFrom('m.yml', 'm.ini', 'm'),
        async (text, mutate, name) => {
          expectListed(await loaded({ playbook: play, inventory: put(name, toText(mutate(text))) }));
        },
      ),
      runs(200),
    );
  });

  /** Files hold no halves of characters. */
  function toText(text: string): string {
    return Buffer.from(text).toString();
  }
});
