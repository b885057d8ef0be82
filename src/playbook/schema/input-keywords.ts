import type { JsonSchema } from '../../core/module.ts';
import type { FormatName } from '../../modules/shared/formats.ts';

const anyNumber: JsonSchema = { type: 'number' };
const count: JsonSchema = { type: 'integer', minimum: 0 };
const types = ['string', 'integer', 'number', 'boolean', 'array', 'object'];
/** Kinds of text that an input can ask for: those of the modules' arguments that a person gives. */
const formatNames = [
  'ip',
  'ipv4',
  'ipv6',
  'ip-interface',
  'ip-network',
  'ipv4-network',
  'host',
  'device',
  'mac',
  'http-url',
] as const satisfies readonly FormatName[];
export const inputFormats: readonly string[] = formatNames;

/** One of a play's inputs: what of JSON Schema is of use for a value that a person gives. */
export const inputSchema: JsonSchema = {
  type: 'object',
  properties: {
    type: {
      type: 'string',
      enum: types,
      description: 'What the value is. Text of -e and of a terminal is read as this.',
    },
    description: { type: 'string', minLength: 1, description: 'What is asked for, as people read it.' },
    default: { description: 'Taken when nothing is given. Without it the input must be given.' },
    enum: { type: 'array', minItems: 1, description: 'The only values.' },
    examples: { type: 'array' },
    format: {
      type: 'string',
      enum: inputFormats,
      description:
        'A kind of text: an address, one with its length, a network, a host, a device, a MAC address, a URL.',
    },
    pattern: { type: 'string', description: 'A regular expression that the text must match.' },
    ...{ minLength: count, maxLength: count, minItems: count, maxItems: count, uniqueItems: { type: 'boolean' } },
    ...{
      minimum: anyNumber,
      maximum: anyNumber,
      exclusiveMinimum: anyNumber,
      exclusiveMaximum: anyNumber,
      multipleOf: anyNumber,
    },
    items: { type: 'object', description: 'JSON Schema of each item of a list.' },
    properties: {
      type: 'object',
      additionalProperties: { type: 'object' },
      description: 'JSON Schemas of the keys of a map.',
    },
    required: { type: 'array', items: { type: 'string' } },
    additionalProperties: { type: ['boolean', 'object'] },
  },
  description: 'A JSON Schema: { type: integer, description: "What is asked for" }.',
  required: ['type', 'description'],
  additionalProperties: false,
};

export const inputKeywords: readonly string[] = Object.keys(inputSchema.properties as object);
