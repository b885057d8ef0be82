import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The size of a project that only a program would write, but that a large network has. */
export interface Size {
  readonly tasks: number;
  readonly hosts: number;
}

/** The files of a large project, the same for runbook and for ansible. */
export interface LargeProject {
  readonly inventory: string;
  readonly playbook: string;
  /** The same tasks with ansible's modules, and its conditions. */
  readonly ansible: string;
}

const hostsInRack = 25;

/** Writes it into a new folder. One task in five says something else on every host, others by rack, or the same everywhere. */
export function writeLargeProject(folder: string, size: Size): LargeProject {
  const at = (path: string) => join(folder, path);
  for (const name of ['group_vars', 'host_vars']) mkdirSync(at(name), { recursive: true });
  for (const [path, text] of Object.entries(inventoryFiles(size.hosts))) writeFileSync(at(path), text);
  const files = { inventory: at('hosts.ini'), playbook: at('site.yml'), ansible: at('ansible-site.yml') };
  writeFileSync(files.playbook, playbookOf(ourTask, size.tasks));
  writeFileSync(files.ansible, playbookOf(ansibleTask, size.tasks));
  return files;
}

/** An inventory by racks: addresses beside the hosts, variables of all, of each rack, and of every tenth host in files. */
function inventoryFiles(count: number): Record<string, string> {
  const racks = Array.from({ length: Math.ceil(count / hostsInRack) }, (_, rack) => rack + 1);
  const hosts = Array.from({ length: count }, (_, i) => ({
    name: `node${i + 1}`,
    rack: Math.floor(i / hostsInRack) + 1,
    address: `10.${Math.floor(i / 250)}.${i % 250}.2`,
    pods: `172.${16 + Math.floor(i / 250)}.${i % 250}.0/24`,
  }));
  const section = (rack: number) =>
    hosts
      .filter((host) => host.rack === rack)
      .map(({ name, address, pods }) => `${name} ansible_host=${address} pod_cidr=${pods}\n`);
  const named = hosts.filter((_, i) => i % 10 === 0).map(({ name }) => [`host_vars/${name}.yml`, hostVars(name)]);
  return {
    'hosts.ini': [
      ...racks.map((rack) => `[rack${rack}]\n${section(rack).join('')}\n`),
      `[nodes:children]\n${racks.map((rack) => `rack${rack}\n`).join('')}`,
    ].join(''),
    'group_vars/all.yml':
      'ansible_user: root\ndomain: example.net\niface: eth0\nmtu: 1500\nrole: compute\nservices: [docker, flanneld, etcd]\n',
    ...Object.fromEntries(racks.map((rack) => [`group_vars/rack${rack}.yml`, rackVars(rack)])),
    ...Object.fromEntries(named),
  };
}

function rackVars(rack: number): string {
  const uplinks = [1, 2, 3].map((n) => `  - { to: 10.${100 + n}.${rack}.0/24, via: 10.0.${rack}.${n} }\n`);
  return `rack: ${rack}\nntp_server: 10.0.${rack}.1\nuplinks:\n${uplinks.join('')}`;
}

function hostVars(name: string): string {
  return `role: edge\nmtu: 1400\ncontact: "admin of {{ inventory_hostname }}, ${name}"\n`;
}

type Kind = (n: number) => string;

function playbookOf(tasks: readonly Kind[], count: number): string {
  const lines = Array.from({ length: count }, (_, i) => tasks[i % tasks.length]?.(i) ?? '');
  const head =
    '- name: A large network\n  hosts: nodes\n  vars:\n    fqdn: "{{ inventory_hostname }}.{{ domain }}"\n  tasks:\n';
  return `${head}${lines.join('')}`;
}

/** One task in the lines of a file: a list of its keys, indented. */
function task(n: number, what: string, lines: readonly string[]): string {
  return [`    - name: "${n}: ${what}"\n`, ...lines.map((line) => `      ${line}\n`)].join('');
}

const ourTask: readonly Kind[] = [
  (n) =>
    task(n, 'a file with names of this host', [
      'file:',
      `  path: /etc/node.d/${n}.conf`,
      '  content: "name={{ fqdn }} pods={{ pod_cidr }}\\n"',
      '  mode: "0644"',
    ]),
  (n) =>
    task(n, 'a line with the time server', [
      'line:',
      `  path: /etc/chrony.d/${n}.conf`,
      '  match: ^server',
      '  line: server {{ ntp_server }} iburst',
    ]),
  (n) =>
    task(n, 'a setting of the kernel on some', [
      'when: role == "edge" && mtu < 1500',
      `sysctl: { name: net.ipv4.conf.eth${n}.rp_filter, value: 2 }`,
    ]),
  (n) =>
    task(n, 'routes of the rack', [
      'loop: "{{ uplinks }}"',
      'loop_control: { label: "{{ item.to }}" }',
      `route: { to: "{{ item.to }}", via: "{{ item.via }}", dev: "{{ iface }}", table: ${n + 1000} }`,
    ]),
  (n) => task(n, 'a service', [`service: { name: agent${n}, state: running, enabled: true }`]),
  (n) =>
    task(n, 'a question', [
      `register: answer${n}`,
      'changed_when: false',
      `failed_when: answer${n}.exit > 1`,
      'command:',
      `  argv: [grep, -c, ready, /run/agent${n}.state]`,
    ]),
  (n) =>
    task(n, 'where the answer was so', [
      `when: answer${n - 1}.ok && answer${n - 1}.stdout != "0"`,
      'line:',
      `  path: /etc/agent.d/${n}`,
      `  line: "ready={{ answer${n - 1}.stdout.trim() }}"`,
    ]),
  (n) =>
    task(n, 'a port of this host', [
      'timeout: 10s',
      'retries: 3',
      `verify_tcp: { target: "{{ ansible_host }}", port: ${1024 + n} }`,
    ]),
  (n) =>
    task(n, 'folders for the services', [
      'loop: "{{ services }}"',
      `directory: { path: "/srv/${n}/{{ item }}", mode: "0755", owner: root }`,
    ]),
  (n) =>
    task(n, 'the device', [
      `when: rack % 2 == ${n % 2}`,
      'vars:',
      '  device: "{{ iface }}"',
      'link: { name: "{{ device }}", state: up, mtu: "{{ mtu }}" }',
    ]),
];

const ansibleTask: readonly Kind[] = [
  (n) =>
    task(n, 'a file with names of this host', [
      'copy:',
      `  dest: /etc/node.d/${n}.conf`,
      '  content: "name={{ fqdn }} pods={{ pod_cidr }}\\n"',
      '  mode: "0644"',
    ]),
  (n) =>
    task(n, 'a line with the time server', [
      'lineinfile:',
      `  path: /etc/chrony.d/${n}.conf`,
      '  regexp: ^server',
      '  line: server {{ ntp_server }} iburst',
    ]),
  (n) =>
    task(n, 'a setting of the kernel on some', [
      'when: role == "edge" and mtu < 1500',
      `command: { argv: [sysctl, -w, net.ipv4.conf.eth${n}.rp_filter=2] }`,
    ]),
  (n) =>
    task(n, 'routes of the rack', [
      'loop: "{{ uplinks }}"',
      'loop_control: { label: "{{ item.to }}" }',
      `command: { argv: [ip, route, replace, "{{ item.to }}", via, "{{ item.via }}", dev, "{{ iface }}", table, "${n + 1000}"] }`,
    ]),
  (n) => task(n, 'a service', [`service: { name: agent${n}, state: started, enabled: true }`]),
  (n) =>
    task(n, 'a question', [
      `register: answer${n}`,
      'changed_when: false',
      `failed_when: answer${n}.rc > 1`,
      'command:',
      `  argv: [grep, -c, ready, /run/agent${n}.state]`,
    ]),
  (n) =>
    task(n, 'where the answer was so', [
      `when: answer${n - 1} is succeeded and answer${n - 1}.stdout != "0"`,
      'lineinfile:',
      `  path: /etc/agent.d/${n}`,
      `  line: "ready={{ answer${n - 1}.stdout | trim }}"`,
    ]),
  (n) =>
    task(n, 'a port of this host', [
      'retries: 3',
      `wait_for: { host: "{{ ansible_host }}", port: ${1024 + n}, timeout: 10 }`,
    ]),
  (n) =>
    task(n, 'folders for the services', [
      'loop: "{{ services }}"',
      `file: { path: "/srv/${n}/{{ item }}", state: directory, mode: "0755", owner: root }`,
    ]),
  (n) =>
    task(n, 'the device', [
      `when: rack % 2 == ${n % 2}`,
      'vars:',
      '  device: "{{ iface }}"',
      'command: { argv: [ip, link, set, "{{ device }}", up, mtu, "{{ mtu }}"] }',
    ]),
];
