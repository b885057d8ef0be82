import { describe, expect, test } from 'vitest';
import { load } from './load.ts';

/** A play whose condition rests on what is registered: nothing of it can be tried out before a run. */
function problemsOf(condition: string, rest = ''): readonly string[] {
  const text = `- hosts: flannel
${rest}  tasks:
    - register: asked
      verify_ping: { target: a }
    - when: asked.ok && ${condition}
      verify_ping: { target: a }
`;
  return load(text)
    .problems.filter(({ severity }) => severity === 'error')
    .map(({ code, message, hint }) => `${code}: ${message}${hint === undefined ? '' : ` ${hint}`}`);
}

const vars = '  vars: { backend: { Type: VxLAN, ports: [{ n: 1 }] }, same: "{{ backend }}" }\n';
const inputs =
  '  inputs: { to: { type: object, description: x, properties: { dev: { type: string } } }, open: { type: object, description: x, additionalProperties: true, properties: { dev: { type: string } } } }\n';

describe('a field that cannot be there is found before any host is asked', () => {
  test.each<[string, string, RegExp]>([
    ['host.pod_ipp == ""', '', /^no-such-key: no host has a variable "pod_ipp" Did you mean "pod_ip"/],
    ['peers[0].pod_ipp == ""', '', /no host has a variable "pod_ipp"/],
    ['peers.map(p, p.pod_ipp) == []', '', /no host has a variable "pod_ipp"/],
    ['peers.filter(p, p.name != "").exists(p, p.pod_ipp == "")', '', /no host has a variable "pod_ipp"/],
    ['peers.first().pod_ipp == ""', '', /no host has a variable "pod_ipp"/],
    ['cel.bind(p, peers[0], p.pod_ipp == "")', '', /no host has a variable "pod_ipp"/],
    ['hostvars["hdss7-99"].pod_ip == ""', '', /the inventory has no host "hdss7-99" Did you mean "hdss7-/],
    ['hostvars["hdss7-21"].pod_ipp == ""', '', /host hdss7-21 has no variable "pod_ipp"/],
    ['hostvars[inventory_hostname].pod_ipp == ""', '', /no host has a variable "pod_ipp"/],
    ['groups.flanel == []', '', /the inventory has no group "flanel" Did you mean "flannel"/],
    ['groups["flanel"] == []', '', /the inventory has no group "flanel"/],
    ['asked.results[0].stdot == ""', '', /a registered result has no "stdot" Did you mean "stdout"/],
    ['asked.results.all(r, r.rc == 0)', '', /a registered result has no "rc"/],
    ['backend.Tpye == ""', vars, /there is no "Tpye" here Did you mean "Type"/],
    ['same.Tpye == ""', vars, /there is no "Tpye" here/],
    ['backend.ports[0].m == 1', vars, /there is no "m" here/],
    ['to.dve == ""', inputs, /there is no "dve" here Did you mean "dev"/],
  ])('%s', (condition, rest, message) => {
    const found = problemsOf(condition, rest);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
  });

  test.each([
    ['host.pod_ip == peers[0].pod_ip', ''],
    ['has(host.zone) && host.zone == "a"', ''],
    ['host.?zone.orValue("") == ""', ''],
    ['"zone" in host && host.zone == "a"', ''],
    ['host[?"zone"].orValue("") == ""', ''],
    ['peers.filter(p, has(p.zone)).all(p, p.zone == "a")', ''],
    ['asked.before.anything == 1 || asked.after.other == 2', ''],
    ['asked.results.exists(one, one.item.key == "a")', ''],
    ['json(asked.stdout).anything == 1', ''],
    ['groups[asked.stdout].size() > 0', ''],
    ['backend[asked.stdout] == ""', vars],
    ['backend.merge({"x":1}).x == 1', vars],
    ['open.dve == ""', inputs],
    ['hostvars["hdss7-21"].name == ""', ''],
  ])('%s may be right', (condition, rest) => {
    expect(problemsOf(condition, rest)).toEqual([]);
  });
});

describe('what a loop is over tells the fields of its items', () => {
  const loop = (over: string, text: string) =>
    load(`- hosts: flannel
  vars: { all: [{ to: a }, { to: b, dev: c }] }
  tasks:
    - register: asked
      verify_ping: { target: a }
    - loop: "{{ ${over} }}"
      verify_ping: { target: "{{ asked.stdout + ${text} }}" }
`).problems.filter(({ severity }) => severity === 'error');

  test.each([
    ['peers', 'item.pod_ipp', 'no host has a variable "pod_ipp"'],
    ['peers.filter(p, p.name != inventory_hostname)', 'item.pod_ipp', 'no host has a variable "pod_ipp"'],
    ['all', 'item.too', 'there is no "too" here'],
    ['hostvars', 'item.name', 'there is no "name" here'],
    ['hostvars', 'item.value.pod_ipp', 'no host has a variable "pod_ipp"'],
    ['all', 'string(loop.idx)', 'there is no "idx" here'],
  ])('%s: %s', (over, text, message) => {
    expect(loop(over, text)).toMatchObject([{ code: 'no-such-key', message, at: { line: 7 } }]);
  });

  test.each([
    ['peers', 'item.pod_ip'],
    ['all', 'item.dev'],
    ['hostvars', 'item.key'],
    ['all', 'string(loop.length)'],
    ['peers.map(p, p.merge(host))', 'item.own'],
  ])('%s: %s may be right', (over, text) => {
    expect(loop(over, text)).toEqual([]);
  });
});

test.each([
  ['{% if a %}b{% endif %}', 'Write {{ condition ? one : other }}. To have it as text, write {{ "{%" }} for {%.'],
  [
    '{%- for a in b -%}{{ inventory_hostname }}{% endfor %}',
    'Write {{ items.map(item, item.name).join("\\n") }}. To have it as text, write {{ "{%" }} for {%.',
  ],
  ['{# a note #}', 'Write a comment of YAML, with #. To have it as text, write {{ "{#" }} for {#.'],
])('%s is found where it stands', (text, hint) => {
  const { problems } = load(`- hosts: flannel\n  verify:\n    - verify_ping: { target: '${text}' }\n`);
  expect(problems).toMatchObject([{ code: 'jinja', at: { line: 3, column: 31 }, hint }]);
});

test.each(['{{ "{%" }} if a %}', '{{ "{#" }} a #}', 'echo ${#list[@]} #}', '{%d}', '{#}'])('%s is text', (text) => {
  const { problems } = load(`- hosts: flannel\n  verify:\n    - verify_ping: { target: '${text}' }\n`);
  expect(problems.filter(({ code }) => code === 'jinja')).toEqual([]);
});
