import { describe, expect, test } from 'vitest';
import { shownSpot } from '../../src/inventory/faults.ts';
import type { Explained, Origin } from '../../src/inventory/layers.ts';
import { fleetOf } from './read.ts';

const short = ({ value, level, spot }: Origin) => `${JSON.stringify(value)} ${level} ${shownSpot(spot)}`;
const whole = (it: Explained | undefined) => (it === undefined ? [] : [short(it), ...it.overrode.map(short)]);

describe('where a variable is from', () => {
  const inventory = fleetOf({
    hosts: `[outer:children]
web
[web]
w1 mtu=9000 port=1
  w1 port=2
[outer:vars]
mtu = 1400
[web:vars]
mtu=1500
[all:vars]
mtu=1300
ansible_password=hidden
`,
    'group_vars/all.yml': 'mtu: 1200\n',
    'group_vars/web/a.yml': '---\n# c\nmtu: 1600\n',
    'group_vars/web/b.yml': 'x: 1\nmtu: 1700\n',
    'host_vars/w1.yml': 'deep: { a: 1 }\nmtu: 1800\nansible_password: other\n',
  });
  const explain = (name: string) => whole(inventory.explain('w1').get(name));

  test('every level, the one that counts first, then what it beat', () => {
    expect(explain('mtu')).toEqual([
      '1800 host_vars /net/host_vars/w1.yml:2:1',
      '9000 host /net/hosts:4:4',
      '1700 group_vars/web /net/group_vars/web/b.yml:2:1',
      '1600 group_vars/web /net/group_vars/web/a.yml:3:1',
      '1200 group_vars/all /net/group_vars/all.yml:1:1',
      '1500 group web /net/hosts:9:1',
      '1400 group outer /net/hosts:7:1',
      '1300 group all /net/hosts:11:1',
    ]);
  });

  test('a later line of the same level', () => {
    expect(explain('port')).toEqual(['2 host /net/hosts:5:6', '1 host /net/hosts:4:13']);
  });

  test('is what the host has', () => {
    for (const [name, { value }] of inventory.explain('w1')) {
      if (name !== 'ansible_password') expect(inventory.hosts.get('w1')?.vars[name]).toEqual(value);
    }
    expect(inventory.explain('w1').size).toBe(5);
  });

  test('a secret is not shown, nor what it beat', () => {
    expect(explain('ansible_password').join()).not.toMatch(/hidden|other/);
    expect(explain('ansible_password')).toHaveLength(2);
  });

  test('in YAML by line and column', () => {
    const { explain } = fleetOf({ 'i.yml': 'all:\n  vars: { a: 1 }\n  hosts:\n    h: { b: 2, a: 3 }\n' });
    expect(whole(explain('h').get('a'))).toEqual(['3 host /net/i.yml:4:16', '1 group all /net/i.yml:2:11']);
  });
});
