import { cut } from '../../core/cut.ts';
import { entryOf } from '../../core/entry-of.ts';
import { isJsonObject, type Json } from '../../core/json.ts';
import { insteadOfRoles } from './include-keywords.ts';

const generic = 'No module does this: write "command" with "creates" or "unless", and "undo" for what takes it back.';
const packages =
  'No module installs packages: command: { argv: [apt-get, install, -y, NAME], unless: [dpkg, -s, NAME] }, with "undo" if it is to go again.';
const ofHosts = 'Which hosts and groups there are is said by the inventory.';
const nothingGathered = 'Nothing is gathered: give it as a variable in the inventory, or register what a command says.';
const ofServices = 'Write service: { name: NAME, state: running }; "enabled" says whether it starts with the host.';
const wholeFile = 'Write "line" for one line; "file" or "template" for all of the content.';
const readIt = 'Register what a command says: command: { argv: [cat, PATH] }, with "changed_when: false".';

const withoutModule =
  'user group cron mount reboot unarchive archive synchronize git hostname timezone authorized_key ' +
  'known_hosts selinux firewalld ufw nmcli modprobe tempfile acl xattr docker_container docker_network ' +
  'alternatives pam_limits seboolean lvol filesystem expect';

/** Modules of Ansible that are not here, by their names without the collection, each with what takes their place. */
const ansibleModules: Readonly<Record<string, string>> = {
  set_fact: 'Give it under "vars" of the play, a block or a task: its expressions are evaluated where it is used.',
  pause: 'Wait for what it is that takes so long: "wait_for", or a check with "retries" and "delay".',
  wait_for_connection: 'A connection that is lost is made anew by itself.',
  ping: 'All hosts are connected to before anything is done. To ask whether an address answers, write "verify_ping".',
  include: 'Write "include_tasks"; for a playbook "import_playbook", as an item of the playbook.',
  include_vars: 'Name the file under "vars_files" of the play.',
  ...{ setup: nothingGathered, gather_facts: nothingGathered, package_facts: nothingGathered, service_facts: readIt },
  ...{ include_role: insteadOfRoles, import_role: insteadOfRoles },
  ...{ systemd: ofServices, systemd_service: ofServices, sysvinit: ofServices },
  supervisorctl: 'Write supervisor: { program: NAME, state: running } (or stopped).',
  uri: 'To ask, write "verify_http". To change something: command: { argv: [curl, ...] }.',
  get_url: 'Write command: { argv: [curl, -fsSo, PATH, URL], creates: PATH, undo: [rm, PATH] }.',
  ...{ lineinfile: wholeFile, blockinfile: wholeFile, replace: wholeFile, ini_file: wholeFile },
  stat: 'Register whether it is there: command: { argv: [test, -e, PATH] }, with "changed_when: false" and "failed_when: false"; then ask for NAME.exit == 0.',
  ...{
    slurp: readIt,
    fetch: readIt,
    find: 'Register what a command says: command: { argv: [find, ...] }, with "changed_when: false".',
  },
  ...{ apt: packages, yum: packages, dnf: packages, package: packages, pip: packages },
  iptables: 'Write "iptables_rule"; "iptables_chain" for a chain and its policy.',
  iptables_state: 'Write "iptables_save".',
  ...{ add_host: ofHosts, group_by: ofHosts },
  async_status: 'A task is waited for: give it a "timeout" that is long enough.',
  ...Object.fromEntries(withoutModule.split(' ').map((name) => [name, generic])),
};

/** A name of Ansible without its collection; the same where it has none. */
export function shortName(key: string): string {
  return /^(?:\w+\.\w+)\.(\w+)$/.exec(key)?.[1] ?? key;
}

/** What to write instead of a module of Ansible, with the user's own words where that can be. */
export function insteadOfModule(key: string, value: Json | undefined): string | undefined {
  const name = shortName(key);
  if (name === 'shell' || name === 'raw') {
    const own = isJsonObject(value) ? (value.cmd ?? value._raw_params) : value;
    return `Write command: { shell: ${typeof own === 'string' ? quoted(own) : '"..."'} }; "changed_when: false" if it only reads.`;
  }
  return entryOf(ansibleModules, name);
}

/** A module's arguments as Ansible takes them in one text: how they are written as a map. Undefined where that cannot be told. */
export function asMap(module: string, text: string): string | undefined {
  const words = text.match(/(?:\{\{.*?\}\}|"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  if (words.length === 0 || words.join('').length > 200) return undefined;
  if (module === 'command') {
    if (/[|&;<>()$`\\*?~"'#]/.test(text.replace(/\{\{.*?\}\}/g, '')))
      return `Write command: { shell: ${quoted(text)} }.`;
    return `Write command: { argv: [${words.map(item).join(', ')}] }.`;
  }
  if (module === 'script') {
    const [src = '', ...args] = words.map(item);
    return `Write script: { src: ${src}${args.length === 0 ? '' : `, args: [${args.join(', ')}]`} }.`;
  }
  const pairs = words.map((word) => /^(\w+)=(.*)$/.exec(word));
  if (!pairs.every((pair) => pair !== null)) return undefined;
  return `Write ${module}: { ${pairs.map(([, key = '', value = '']) => `${key}: ${item(value.replace(/^(["'])(.*)\1$/, '$2'))}`).join(', ')} }.`;
}

/** As an item of a list of YAML on one line. */
function item(word: string): string {
  return /^[\w./@%+=-]*[\w./@%+-]$/.test(word) && !/^(?:true|false|yes|no|on|off|null|~|-|[-+]?\.?\d.*)$/i.test(word)
    ? word
    : JSON.stringify(word);
}

function quoted(text: string): string {
  return JSON.stringify(cut(text.trim(), 100));
}
