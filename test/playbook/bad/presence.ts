import type { BadPlaybook } from './row.ts';

const ask = 'verify_ping: { target: a }';
const registering = `- register: one\n      ${ask}\n    `;

interface Asking extends Pick<BadPlaybook, 'name' | 'extraVars'> {
  /** A condition. */
  readonly jinja: string;
  readonly hint: string;
  /** Keywords of the play, and of the task; tasks before it. */
  readonly play?: string;
  readonly task?: string;
  readonly before?: string;
  /** Instead: the task stands in a file that is included so, and begins with this. */
  readonly include?: string;
  readonly inputs?: string;
}

const questions: readonly Asking[] = [
  {
    name: 'is a variable of the play there',
    play: 'vars: { net: a }',
    jinja: 'net is defined',
    hint: 'Always there: "net". In CEL: true',
  },
  {
    name: 'is a variable of the play there, that hides one of the hosts, and something else',
    play: 'vars: { number: 30 }',
    jinja: 'number is defined and number > 21',
    hint: 'Always there: "number". In CEL: number > 21',
  },
  {
    name: 'a default for a variable of the play',
    play: 'vars: { net: a }',
    jinja: 'net | default("b") == "a"',
    hint: 'Always there: "net". In CEL: net == "a"',
  },
  {
    name: 'a default for a field of a variable of the play',
    play: 'vars: { net: { zone: a } }',
    jinja: 'net.kind | default("b") == "a"',
    hint: 'In CEL: net.?kind.orValue("b") == "a"',
  },
  {
    name: 'a default for an input that has one',
    play: 'inputs: { mtu: { description: MTU, type: integer, default: 1500 } }',
    jinja: 'mtu | default(1400) > 1400',
    hint: 'Always there: "mtu". In CEL: mtu > 1400',
  },
  {
    name: 'is an input there that must be given',
    play: 'inputs: { mtu: { description: MTU, type: integer } }',
    jinja: 'mtu is not defined',
    hint: 'Always there: "mtu". In CEL: false',
  },
  {
    name: 'is a variable there that some hosts have',
    jinja: 'only_here is defined',
    hint: 'In CEL: has(host.only_here)',
  },
  {
    name: 'is a variable there that no host has',
    jinja: 'zone is defined',
    hint: 'No host of the play has "zone"; what -e may give is declared under "inputs". In CEL: has(host.zone)',
  },
  {
    name: 'is a variable there that -e alone gives',
    extraVars: { zone: 'a' },
    jinja: 'zone is defined',
    hint: 'Declare "zone" under "inputs", with its default: then it is always there.',
  },
  {
    name: 'is there what every play knows',
    jinja: 'groups is defined and "none" in groups',
    hint: 'Always there: "groups". In CEL: "none" in groups',
  },
  {
    name: 'a default for a result',
    before: registering,
    jinja: 'one | default({"ok": false}) != {"ok": false}',
    hint: 'In CEL: (one.skipped ? {"ok": false} : one) != {"ok": false}',
  },
  {
    name: 'is a result there, and what it says',
    before: registering,
    jinja: 'one is defined and one.stdout | default("") == ""',
    hint: 'In CEL: !one.skipped && one.?stdout.orValue("") == ""',
  },
  {
    name: 'is the item of a loop there',
    task: 'loop: [{ a: 1 }]',
    jinja: 'item is defined and item.b is defined',
    hint: 'Always there: "item". In CEL: has(item.b)',
  },
  {
    name: 'a default for the item of a loop that has another name',
    task: 'loop: [1]\n      loop_control: { loop_var: number }',
    jinja: 'number | default(2) > 1',
    hint: 'Always there: "number". In CEL: number > 1',
  },
  { name: 'is the item of no loop there', jinja: 'item is defined', hint: 'Give the task a "loop".' },
  {
    name: 'is there what only a rescue knows',
    jinja: 'failed_task is defined',
    hint: 'It is known under "rescue" and "always" of a block.',
  },
  {
    name: 'is a variable of the task there',
    task: 'vars: { pod_ip: a }',
    jinja: 'pod_ip is defined',
    hint: 'Always there: "pod_ip". In CEL: true',
  },
  {
    name: 'is an input of a file of tasks there, that hides a variable of the hosts',
    include: 'file: t.yml, with: { number: 30 }',
    inputs: 'number: { description: N, type: integer }',
    jinja: 'number is defined',
    hint: 'Included from p.yml:3. Always there: "number". In CEL: true',
  },
  {
    name: 'is a result there, beside an input that hides a variable of the hosts',
    before: registering,
    include: 'file: t.yml, with: { number: 30 }',
    inputs: 'number: { description: N, type: integer }',
    jinja: 'one is defined',
    hint: 'Included from p.yml:5. In CEL: !one.skipped',
  },
];

/** What is asked of a name by habit, and what there is to ask: by the kind of the name. */
export const presence: readonly BadPlaybook[] = questions.map(({ name, extraVars, hint, ...asking }) => ({
  ...{ name, ...written(asking, asking.jinja) },
  ...(extraVars === undefined ? {} : { extraVars }),
  error: { ...placed(asking), code: 'expression', hint },
}));

/** The same playbooks with what their hints say in its place. */
export const presenceInCel: readonly Omit<BadPlaybook, 'error'>[] = questions.flatMap(({ name, hint, ...asking }) => {
  const cel = /In CEL: (.*)$/.exec(hint)?.[1];
  return cel === undefined ? [] : [{ name, ...written(asking, cel) }];
});

type Wording = Omit<Asking, 'name' | 'hint' | 'extraVars'>;

function written({ play, before = '', task, include, inputs }: Wording, condition: string) {
  const keywords = task === undefined ? '' : `      ${task}\n`;
  const asking = `- when: '${condition}'\n${keywords}      ${ask}\n`;
  const head = `- hosts: flannel\n${play === undefined ? '' : `  ${play}\n`}  tasks:\n    ${before}`;
  if (include === undefined) return { text: `${head}${asking}` };
  return {
    text: `${head}- include_tasks: { ${include} }\n`,
    files: { 't.yml': `inputs: { ${inputs} }\ntasks:\n    ${asking}` },
  };
}

/** Where CEL stops: at the `is` or the `|`. */
function placed(asking: Wording) {
  const { jinja, include } = asking;
  const { text, files } = written(asking, jinja);
  const line = (files?.['t.yml'] ?? text).split('\n').findIndex((one) => one.includes('when:')) + 1;
  const [sign = ''] = /\bis\b|\|/.exec(jinja) ?? [];
  return {
    ...(include === undefined ? {} : { file: 't.yml' }),
    at: `${line}:${"    - when: '".length + jinja.indexOf(sign === '|' ? sign : ' is ') + (sign === '|' ? 1 : 2)}`,
    width: sign.length,
    message: `"${sign}" is not expected here`,
  };
}
