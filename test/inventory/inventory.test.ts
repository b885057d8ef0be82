import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import { InventoryFailure } from '../../src/inventory/faults.ts';
import { badInventories } from './bad-inventories.ts';
import { failureOf, fleetOf } from './read.ts';

const ini = `
# The network lab.
bastion ansible_host=10.4.7.2

[etcd]
hdss7-12 ansible_host=10.4.7.12   # the store

[flannel]
hdss7-[21:22] iface=eth0 weight=3 ready=True note="two words" mode=0644
[fd00::1]:2222

[flannel:vars]
network = 172.7.0.0/16
ports = [80, 443]
label = "quoted = text"

[cluster:children]
etcd
flannel

[cluster:vars]
network=0.0.0.0/0
ansible_user=op
`;

const yaml = `
all:
  vars: { tier: all, color: none }
  children:
    web:
      hosts:
        web[01:03]: { tier: host }
        db.example.org:5022:
      vars: { tier: web, color: red }
    prod:
      children:
        web:
        app: { hosts: { app1: { color: blue } }, vars: { tier: app } }
      vars: { tier: prod, region: eu }
`;

describe('an INI inventory', () => {
  const fleet = fleetOf({ hosts: ini });

  test('has hosts in order, ranges expanded', () => {
    expect([...fleet.hosts.keys()]).toEqual(['bastion', 'hdss7-12', 'hdss7-21', 'hdss7-22', 'fd00::1', 'localhost']);
  });

  test('has groups with the hosts of their children', () => {
    expect(Object.fromEntries(fleet.groups)).toEqual({
      all: ['bastion', 'hdss7-12', 'hdss7-21', 'hdss7-22', 'fd00::1'],
      ungrouped: ['bastion'],
      etcd: ['hdss7-12'],
      flannel: ['hdss7-21', 'hdss7-22', 'fd00::1'],
      cluster: ['hdss7-12', 'hdss7-21', 'hdss7-22', 'fd00::1'],
    });
  });

  test('types values as Python would, and the inner group wins', () => {
    expect(fleet.hosts.get('hdss7-22')?.vars).toEqual({
      network: '172.7.0.0/16',
      ports: [80, 443],
      label: 'quoted = text',
      ansible_user: 'op',
      iface: 'eth0',
      weight: 3,
      ready: true,
      note: 'two words',
      mode: '0644',
    });
  });

  test('says how to reach each', () => {
    expect(fleet.hosts.get('hdss7-12')?.connection).toEqual({ kind: 'ssh', address: '10.4.7.12', user: 'op' });
    expect(fleet.hosts.get('fd00::1')?.connection).toEqual({ kind: 'ssh', port: 2222, user: 'op' });
  });
});

describe('a YAML inventory', () => {
  const fleet = fleetOf({ 'hosts.yml': yaml });

  test('has hosts and groups', () => {
    expect([...fleet.hosts.keys()]).toEqual(['web01', 'web02', 'web03', 'db.example.org', 'app1', 'localhost']);
    expect(fleet.groups.get('prod')).toEqual(['web01', 'web02', 'web03', 'db.example.org', 'app1']);
    expect(fleet.hosts.get('db.example.org')?.connection.port).toBe(5022);
  });

  test('merges variables: all, outer groups, inner groups, host', () => {
    expect(fleet.hosts.get('web02')?.vars).toEqual({ tier: 'host', color: 'red', region: 'eu' });
    expect(fleet.hosts.get('db.example.org')?.vars).toEqual({
      tier: 'web',
      color: 'red',
      region: 'eu',
      ansible_port: 5022,
    });
    expect(fleet.hosts.get('app1')?.vars).toEqual({ tier: 'app', color: 'blue', region: 'eu' });
  });

  test('among groups of one depth the last by name wins, unless a priority says otherwise', () => {
    const two = (priority: string) =>
      `a: { hosts: { h: }, vars: { x: of a${priority} } }\nb: { hosts: { h: }, vars: { x: of b } }\n`;
    expect(fleetOf({ 'i.yml': two('') }).hosts.get('h')?.vars.x).toBe('of b');
    expect(fleetOf({ 'i.yml': two(', ansible_group_priority: 10') }).hosts.get('h')?.vars.x).toBe('of a');
  });

  test('without an ending is told from INI by its first line', () => {
    expect([...fleetOf({ hosts: yaml }).hosts.keys()]).toContain('web01');
    expect(fleetOf({ hosts: 'web1\nweb2 x=1\n' }).groups.get('all')).toEqual(['web1', 'web2']);
  });
});

describe('group_vars and host_vars', () => {
  test('beat what stands in the file, the host the groups; a folder is read whole', () => {
    const fleet = fleetOf({
      'i.yml':
        'web: { hosts: { h: { a: file, b: file } }, vars: { c: file, d: file, e: file } }\nall: { vars: { f: file } }\n',
      'group_vars/all.yml': 'f: all\nd: all\n',
      'group_vars/web/1.yml': 'd: web1\ne: web1\nb: web1\n',
      'group_vars/web/2.yaml': 'e: web2\n',
      'group_vars/web/.hidden': '[',
      'host_vars/h': 'a: host\n',
      'host_vars/other.yml': '[',
    });
    expect(fleet.hosts.get('h')?.vars).toEqual({ a: 'host', b: 'file', c: 'file', d: 'web1', e: 'web2', f: 'all' });
  });

  test('what cannot be read is said with its place', () => {
    expect(failureOf({ i: '[web]\nh\n', 'group_vars/web.yml': 'a: {{ x }}\n' }).message).toBe(
      `the inventory cannot be used:
/net/group_vars/web.yml:1:4: error unquoted-template: the template stands without quotes
    1 | a: {{ x }}
      |    ^
      = Quote the template: "{{ ... }}". Without quotes YAML reads {{ as the start of a map.`,
    );
    expect(failureOf({ i: 'h\n', 'host_vars/h.yml': '$ANSIBLE_VAULT;1.1;AES256\n61\n' }).message).toContain(
      'ansible-vault',
    );
    expect(failureOf({ i: 'h\n', 'host_vars/h.yml': '- a\n' }).message).toContain('must be a map of variables');
  });
});

describe('connections', () => {
  const of = (vars: string) => {
    const host = fleetOf({ i: `h ${vars}\n` }).hosts.get('h');
    return { ...host?.connection, vars: host?.vars };
  };

  test.each<[string, object]>([
    ['ansible_connection=local', { kind: 'local' }],
    ['ansible_ssh_private_key_file=keys/id', { identityFile: '/net/keys/id' }],
    ['ansible_ssh_private_key_file=./id', { identityFile: '/net/id' }],
    ['ansible_ssh_private_key_file=~/.ssh/id', { identityFile: '/home/op/.ssh/id' }],
    ['ansible_private_key_file=/k/id', { identityFile: '/k/id' }],
    ['ansible_become=true', { becomeUser: 'root' }],
    ['ansible_become=yes ansible_become_user=etcd', { becomeUser: 'etcd' }],
    ['ansible_port=2222 ansible_timeout=7', { port: 2222, connectTimeoutMs: 7000 }],
    ['ansible_ssh_host=10.0.0.1 ansible_ssh_user=u', { address: '10.0.0.1', user: 'u' }],
    ['ansible_ssh_known_hosts_file=kh', { knownHostsFile: '/net/kh' }],
    [
      "ansible_ssh_common_args='-o StrictHostKeyChecking=yes -o UserKnownHostsFile=./kh'",
      { knownHostsFile: '/net/kh' },
    ],
    ['ansible_ssh_extra_args=\'-oUserKnownHostsFile="~/kh"\'', { knownHostsFile: '/home/op/kh' }],
    ['ansible_become_method=doas runbook_ssh=openssh', { becomeMethod: 'doas', ssh: 'openssh' }],
    [
      "ansible_ssh_common_args='-J op@gate:2200,inner -i k/id'",
      { proxyJump: 'op@gate:2200,inner', identityFile: '/net/k/id' },
    ],
    ["ansible_ssh_common_args='-o ProxyJump=a -o ProxyJump=b'", { proxyJump: 'a' }],
    [
      'ansible_ssh_common_args=\'-o ProxyCommand="ssh -W %h:%p gate" -o "StrictHostKeyChecking accept-new"\'',
      { proxyCommand: 'ssh -W %h:%p gate', acceptNewHostKeys: true },
    ],
    ["ansible_ssh_extra_args='-oCertificateFile=./id-cert.pub'", { certificateFile: '/net/id-cert.pub' }],
  ])('%s', (vars, expected) => {
    expect(of(vars)).toMatchObject(expected);
  });

  test('no jail is left for host keys by /dev/null, and without become nobody is become', () => {
    expect(of("ansible_ssh_common_args='-o UserKnownHostsFile=/dev/null'")).not.toHaveProperty('knownHostsFile');
    expect(of("ansible_ssh_common_args='-o StrictHostKeyChecking=no'")).not.toHaveProperty('acceptNewHostKeys');
    expect(of('ansible_become=false ansible_become_user=x')).not.toHaveProperty('becomeUser');
  });

  test('-e beats the inventory; this machine needs no line of its own', () => {
    const { hosts, groups } = fleetOf(
      { i: 'h ansible_user=a ansible_port=1\n[all:vars]\nx=1\n' },
      { ansible_user: 'b' },
    );
    expect(hosts.get('h')?.connection).toEqual({ kind: 'ssh', port: 1, user: 'b' });
    expect(hosts.get('h')?.vars.ansible_user).toBe('a');
    expect(hosts.get('localhost')).toMatchObject({
      vars: { x: 1, ansible_connection: 'local' },
      connection: { kind: 'local' },
    });
    expect(groups.get('all')).toEqual(['h']);
    expect(fleetOf({ i: 'localhost ansible_host=10.0.0.1\n' }).hosts.get('localhost')?.connection.kind).toBe('ssh');
  });

  test('secrets are in the connection and nowhere else', () => {
    const { vars, ...connection } = of('ansible_password=s3cret ansible_become_password=t0p ansible_ssh_pass=old x=1');
    expect(connection).toEqual({ kind: 'ssh', password: 's3cret', becomePassword: 't0p' });
    expect(vars).toEqual({ x: 1 });
  });

  test.each([
    ['ansible_port=70000', /ansible_port must be a whole number/],
    ['ansible_connection=winrm', /"winrm" is not ssh or local/],
    ['ansible_become_method=pbrun', /ansible_become_method: "pbrun" is not one of sudo, su, doas/],
    ['runbook_ssh=putty', /runbook_ssh: "putty" is not one of builtin, openssh/],
    ["ansible_ssh_common_args='-o ProxyJump={{ gate }}'", /proxyJump in the arguments of ssh is a template/],
    ['ansible_host="{{ ip }}"', /ansible_host is a template/],
    ['ansible_host="{{ a | default(1) }}" a=1', /ansible_host is a template/],
    ['ansible_host="{{ a }}" a="{{ a }}"', /ansible_host is a template/],
    ['ansible_become=perhaps', /true or false/],
  ])('%s: the host is not connected to', (vars, says) => {
    const { hosts } = fleetOf({ i: `h ${vars}\nother\n` });
    expect(hosts.get('h')?.faults).toEqual([expect.stringMatching(says)]);
    expect(hosts.get('other')).not.toHaveProperty('faults');
  });

  test('a connection variable may name other variables', () => {
    const vars = 'ansible_host="{{ ip }}" ansible_port="{{base}}{{ n }}" ip="{{ net }}.5" net=10.0.0 base=2 n=022';
    expect(of(vars)).toMatchObject({ address: '10.0.0.5', port: 2022 });
    expect(of('ansible_host={{inventory_hostname}}.example.org')).toMatchObject({ address: 'h.example.org' });
  });
});

const told = ({ code, spot: { line, column }, message, hint }: InventoryFailure['faults'][number]) => ({
  ...(line === undefined ? {} : { at: `${line}:${column}` }),
  ...{ code, message, ...(hint === undefined ? {} : { hint }) },
});

test('every password is known, also one that another beats, of an older name, or of nobody', () => {
  const { passwords = [] } = fleetOf(
    {
      'hosts.yml': `
all:
  vars: { ansible_password: of-all, stem: kernel, ansible_ssh_private_key_passphrase: of-the-key }
  hosts:
    one: { ansible_become_password: present, ansible_become_pass: older, ansible_sudo_pass: 4711 }
    two: { ansible_ssh_pass: "{{ stem }}-of-{{ inventory_hostname }}", ansible_private_key_passphrase: "" }
  children:
    nobody: { vars: { ansible_ssh_password: of-nobody } }
`,
      'group_vars/nobody.yml': 'ansible_become_pass: in-a-file\n',
      'host_vars/one.yml': 'ansible_become_password: nearer\n',
      'host_vars/two.yml': 'ansible_ssh_pass: "{{ unknown }}"\n',
    },
    { ansible_become_password: 'given', ansible_ssh_password: '{{ stem }}2', other: 'open' },
  );
  expect(passwords.toSorted()).toEqual(
    [
      ...['4711', 'given', 'in-a-file', 'kernel-of-two', 'kernel2', 'nearer', 'of-all', 'of-nobody', 'of-the-key'],
      ...['older', 'present'],
    ].toSorted(),
  );
});

describe('what is wrong with an inventory is said, all of it', () => {
  test.each(badInventories.map((row) => [row.name, row] as const))('%s', (_, { file, text, faults }) => {
    const failure = failureOf({ [file]: text });
    expect(failure.code).toBe('invalid');
    expect(failure).toBeInstanceOf(InventoryFailure);
    expect((failure as InventoryFailure).faults.map(told)).toEqual(faults);
    for (const { at, code, message } of faults)
      expect(failure.message).toContain(`${at === undefined ? '' : `${at}: `}error ${code}: ${message}`);
  });

  test('brackets without end', () => {
    expect(failureOf({ 'i.yml': '['.repeat(100_000) }).message).toContain('levels of nesting');
  });

  test('every line of it, without control characters', () => {
    const { message } = failureOf({ i: 'a x\nb y\nc\u001b[2J d\n[w:z]\n' });
    expect(message.match(/^\/net\/i:\d+:\d+: /gm)).toHaveLength(5);
    expect(message).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  test('no file', () => {
    expect(() => fleetOf({})).toThrow(/there is no inventory/);
  });

  test('nothing that can be typed ends in anything but a Failure', () => {
    const bits = [
      '[',
      ']',
      ':',
      'web',
      'all',
      'hosts',
      'children',
      'vars',
      ' ',
      '\n',
      '=',
      '1',
      '"',
      "'",
      '{',
      '}',
      '~',
      'a[1:3]',
      '\\',
      '#',
      '__proto__',
      '\0',
    ];
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...bits), fc.string({ maxLength: 4 })), { maxLength: 30 }),
        fc.constantFrom('i', 'i.yml'),
        (parts, file) => {
          try {
            fleetOf({ [file]: parts.join('') }).select('all');
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(Failure);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
