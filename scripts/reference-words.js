// What the reference says of things whose code has no description of its own. generate.js refuses a word too few or too many.

export const builtinWords = {
  inventory_hostname: 'the name of this host',
  host: "this host's variables, and its `name`",
  play_hosts: 'names of all hosts of the play',
  peers: 'the other hosts of the play: for each its variables and `name`',
  groups: 'names of the hosts of each group: `groups.flannel`; also `groups.all`',
  failed_task: 'in `rescue` and `always`: the name of the task of the block that failed on this host; else empty',
  failed_result: 'in `rescue` and `always`: its result, with the fields below',
  hostvars: 'variables of every host of the inventory: `hostvars["hdss7-12"].ansible_host`',
};

export const fieldWords = {
  ok: 'it did not fail',
  changed: 'it changed something, or `changed_when` says so',
  failed: 'it failed, did not hold, or the host was lost',
  skipped: '`when` was false, or the loop had no items',
  because: 'why, in words; else empty',
  exit: 'exit code of the last command; null without one',
  stdout: 'its output, as text; never evaluated',
  stderr: 'its error output',
  before: "the resource's state before; null: absent",
  after: "the resource's state after",
  results: 'with `loop`: the result of each item, with `item` in it; else empty',
};

export const functionWords = {
  'cidr(string): Cidr': 'a network, as in `cidr("172.7.21.0/24")`; the prefix length is needed, a host part is allowed',
  'ip(string): Ip': 'an address; a prefix length is dropped',
  'Cidr.contains(string): bool': 'is this address or network inside?',
  'Cidr.contains(Ip): bool': 'the same',
  'Cidr.contains(Cidr): bool': 'the same',
  'Cidr.host(int): string': "its nth address: 0 is the network's own, 1 the first, -1 the last",
  'Cidr.network(): string': "the network's own address: `172.7.21.0`",
  'Cidr.prefix(): int': 'the prefix length: `24`',
  'Ip.network(int): Cidr': 'the network of this prefix length that the address is in',
  'string(Cidr): string': 'in its canonical form: `172.7.21.0/24`',
  'string(Ip): string': 'in its canonical form',
  'json(string): dyn': 'the value of a JSON text',
  'to_json(dyn): string': 'a value as JSON text',
  'string.re_match(string): bool':
    'does this [RE2](https://github.com/google/re2/wiki/Syntax) pattern occur in the text?',
  'env(string): string': "a variable of the controller's environment, which must be set",
  'env(string, string): string': 'the same, or the second where it is not set',
};

export const macroWords = {
  has: '`has(host.name)`: is the field there?',
  all: '`items.all(x, x > 1)`: is it true of every one?',
  exists: '`items.exists(x, x > 1)`: is it true of any?',
  exists_one: '`items.exists_one(x, x > 1)`: is it true of exactly one?',
  map: '`items.map(x, x + 1)`: each, changed; `items.map(x, x > 1, x + 1)`: only those',
  filter: '`items.filter(x, x > 1)`: those for which it is true',
  bind: '`cel.bind(name, value, expression)`: gives a value a name',
  or: '`host.?a.or(host.?b).orValue("c")`: the first that is there',
  orValue: '`host.?name.orValue("other")`: the field, or this where it is not there',
};
