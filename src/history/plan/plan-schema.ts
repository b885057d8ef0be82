import type { XStatic } from 'typebox/schema';

const text = { type: 'string' } as const;
const texts = { type: 'array', items: text } as const;
const digest = { type: 'string', pattern: '^sha256:[0-9a-f]{64}$' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const anything = {} as const;

const command = {
  type: 'object',
  properties: {
    argv: texts,
    script: text,
    title: text,
    args: texts,
    stdin: text,
    env: { type: 'object', additionalProperties: text },
    become: text,
    become_method: { enum: ['sudo', 'su', 'doas'] },
    timeout_ms: { type: 'number' },
  },
  additionalProperties: false,
} as const;

const step = {
  type: 'object',
  properties: {
    host: text,
    on: text,
    item: text,
    status: { enum: ['ok', 'change', 'depends', 'skipped', 'protected', 'failed', 'unmet'] },
    key: text,
    because: text,
    args: { type: 'object', additionalProperties: anything },
    before: anything,
    after: anything,
    commands: { type: 'array', items: command },
    never: text,
    sealed: text,
  },
  required: ['host', 'status'],
  additionalProperties: false,
} as const;

const task = {
  type: 'object',
  properties: { task: text, name: text, module: text, steps: { type: 'array', items: step } },
  required: ['task', 'name', 'module', 'steps'],
  additionalProperties: false,
} as const;

const play = {
  type: 'object',
  properties: { name: text, hosts: texts, verified: { type: 'boolean' }, tasks: { type: 'array', items: task } },
  required: ['name', 'hosts', 'verified', 'tasks'],
  additionalProperties: false,
} as const;

/** The text of a plan file, as data. */
export const planSchema = {
  type: 'object',
  properties: {
    format: { const: 1 },
    tool: text,
    made: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$' },
    operator: text,
    playbook: text,
    inventory: texts,
    limit: text,
    tags: {
      type: 'object',
      properties: { only: texts, skip: texts },
      required: ['only', 'skip'],
      additionalProperties: false,
    },
    extra_vars: { type: 'object', additionalProperties: anything },
    extra_files: texts,
    env: texts,
    files: { type: 'object', additionalProperties: text },
    folders: { type: 'object', additionalProperties: { anyOf: [texts, { type: 'null' }] } },
    summary: {
      type: 'object',
      properties: { change: count, depends: count, ok: count, protected: count, skipped: count, never: count },
      required: ['change', 'depends', 'ok', 'protected', 'skipped', 'never'],
      additionalProperties: false,
    },
    hosts: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        properties: { address: text, boot_id: text },
        required: ['address', 'boot_id'],
        additionalProperties: false,
      },
    },
    plays: { type: 'array', items: play },
    scripts: { type: 'object', additionalProperties: text },
    digest,
  },
  required: [
    'format',
    'tool',
    'made',
    'operator',
    'playbook',
    'inventory',
    'extra_vars',
    'env',
    'files',
    'folders',
    'summary',
    'hosts',
    'plays',
    'scripts',
    'digest',
  ],
  additionalProperties: false,
} as const;

export type PlanFile = XStatic<typeof planSchema>;
export type PlanFileCommand = XStatic<typeof command>;
