import { cut } from '../core/cut.ts';
import { defineAssertion, type Unmet } from '../core/module.ts';

const condition = [{ type: 'string', minLength: 1 }, { type: 'boolean' }] as const;
const schema = {
  type: 'object',
  description: 'What must hold, and what is said of it.',
  properties: {
    that: {
      anyOf: [...condition, { type: 'array', items: { anyOf: condition }, minItems: 1 }],
      description: 'An expression as in `when`, without braces. Of a list, all must hold.',
    },
    fail_msg: { type: 'string', minLength: 1, description: 'Said first where one does not hold.' },
    success_msg: { type: 'string', minLength: 1, description: 'Said where all hold. Default: how many do.' },
    quiet: {
      type: 'boolean',
      default: false,
      description: 'Do not tell the values of the names in a condition that does not hold.',
    },
  },
  required: ['that'],
  additionalProperties: false,
} as const;

/**
 * Do conditions over variables and results hold? No host is asked.
 *
 *     - assert: { that: size(peers) > 0, fail_msg: nobody else is left }
 */
export const assert = defineAssertion({
  name: 'assert',
  summary: 'Conditions over variables and registered results hold',
  about: `Asks no host: it runs no command, and what it says rests on what the playbook knows by then. The conditions are
asked in order, up to the first that does not hold; its text is told, with the values in it. They are checked by
\`validate\` as those of \`when\` are, and written as these: without braces.

Under \`require\` it refuses the play, under \`verify\` it undoes it; under \`tasks\` it gates what follows. A plan asks it
too: it \`depends\` only where it rests on the result of what has not been done.

Between two tries nothing would change, so that \`retries\` and \`until\` stand on the task whose result is asked for. With
\`that: false\` and a \`when\` it is a failure that says why.`,
  schema,
  conditions: 'that',
  examples: [
    { title: 'The pods of this node are inside of the network', args: { that: 'cidr(network).contains(pod_cidr)' } },
    {
      title: 'Each node has pods of its own, and not all are gone at once',
      args: {
        that: ['peers.all(one, one.pod_cidr != pod_cidr)', 'size(peers) > 0'],
        fail_msg: '{{ inventory_hostname }} cannot be changed beside {{ size(peers) }} others',
      },
    },
    { title: 'A failure that says why, where the task has a "when"', args: { that: false, fail_msg: 'no way there' } },
  ],

  judge({ conditions, unmet }, { fail_msg, success_msg, quiet = false }) {
    if (unmet === undefined)
      return { ok: true, because: lineOf(success_msg ?? (conditions === 1 ? 'it holds' : `all ${conditions} hold`)) };
    if (unmet.text === 'false' && fail_msg !== undefined) return { ok: false, because: lineOf(fail_msg) };
    const values = quiet ? '' : valuesText(unmet);
    const told = `${lineOf(unmet.text)} does not hold${values === '' ? '' : `: ${values}`}`;
    return { ok: false, because: fail_msg === undefined ? told : `${lineOf(fail_msg)}: ${told}` };
  },
});

const mostValues = 8;

/** `mtu is 1450, host.zone is not there`; values, and how many there are, are bounded. */
function valuesText({ values }: Unmet): string {
  const told = values
    .slice(0, mostValues)
    .map(([written, value]) => `${written} ${value === undefined ? 'is not there' : `is ${shortened(value)}`}`);
  return [...told, ...(values.length > mostValues ? [`and ${values.length - mostValues} more`] : [])].join(', ');
}

function shortened(value: unknown): string {
  return cut(JSON.stringify(value), 120);
}

function lineOf(text: string): string {
  return cut(text.replace(/\s+/g, ' ').trim(), 400);
}
