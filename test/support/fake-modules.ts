import { Failure } from '../../src/core/failure.ts';
import type { Json } from '../../src/core/json.ts';
import { defineCheck, defineResource, type JsonSchema, type Module } from '../../src/core/module.ts';

/** Modules with the names and main arguments of the real ones, and just enough behind them to resolve a playbook. */

const text = { type: 'string', description: 'Some text.' } as const;

function resource(
  name: string,
  properties: Record<string, JsonSchema>,
  rest: JsonSchema,
  stateOf: (args: Record<string, Json>) => Json | undefined,
): Module {
  return defineResource({
    name,
    summary: `A stand-in for ${name}`,
    about: '',
    schema: { type: 'object', properties, additionalProperties: false, ...rest },
    examples: [],
    reversible: () => true,
    asks: (args: Record<string, Json>) => stateOf(args) !== undefined,
    key: () => name,
    probe: () => ({ argv: ['true'] }),
    read: () => null,
    want: (args: Record<string, Json>, now: Json) => {
      const wanted = stateOf(args);
      return wanted === undefined ? now : wanted;
    },
    move: () => [],
    restate: () => null,
  } as never);
}

const supervisor = resource(
  'supervisor',
  { program: text, state: { type: 'string', enum: ['running', 'stopped', 'restarted'] } },
  { required: ['program'] },
  ({ state }) => state,
);

const process = resource(
  'process',
  {
    name: text,
    state: { enum: ['absent', 'present'] },
    kill_after: { type: 'string', pattern: '^[0-9]+(\\.[0-9]+)?(ms|s|m|h)$' },
  },
  { required: ['name', 'state'] },
  ({ state }) => (state === 'absent' ? null : state),
);

const route = resource(
  'route',
  {
    to: text,
    within: text,
    dev: text,
    metric: { type: 'integer', minimum: 0 },
    state: { enum: ['present', 'absent'] },
    except: { type: 'object', properties: { dev: { type: 'array', items: text } }, additionalProperties: false },
  },
  { oneOf: [{ required: ['to'] }, { required: ['within'] }] },
  ({ to, state }) => (state === 'absent' ? null : to === undefined ? undefined : { to }),
);

const file = resource(
  'file',
  { path: text, content: text, mode: text },
  { required: ['path'] },
  ({ content }) => content,
);

const etcdKey = resource(
  'etcd_key',
  { api: { enum: [2, 3] }, key: text, json: {}, value: text },
  { required: ['key'] },
  ({ json, value }) => json ?? value,
);

const command = defineResource({
  name: 'command',
  summary: 'A stand-in for command',
  about: '',
  schema: {
    type: 'object',
    properties: { argv: { type: 'array', items: { type: 'string' }, minItems: 1 } },
    required: ['argv'],
    additionalProperties: false,
  },
  examples: [],
  exitDecides: true,
  reversible: () => ({ never: 'a command is not understood' }),
  key: ({ argv }) => argv.join(' '),
  probe: () => null,
  read: () => null,
  want: () => ({ ran: true }),
  move: (_, __, { argv }) => [{ argv }],
  restate: () => null,
});

const verifyPing = defineCheck({
  name: 'verify_ping',
  summary: 'A stand-in for verify_ping',
  about: '',
  schema: {
    type: 'object',
    properties: { target: { type: 'string' }, count: { type: 'integer', minimum: 1 }, loss: { type: 'string' } },
    required: ['target'],
    additionalProperties: false,
  },
  examples: [],
  probe: ({ target, count = 1 }) => {
    if (target.startsWith('-'))
      throw new Failure('invalid', `"${target}" is not an address`, { hint: 'Give an address.' });
    return { argv: ['ping', '-c', String(count), target] };
  },
  judge: ({ exit }) => ({ ok: exit === 0, because: `exit ${exit}` }),
});

export const fakeModules: readonly Module[] = [command, etcdKey, file, process, route, supervisor, verifyPing];
