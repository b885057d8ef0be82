import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { ProblemCode } from '../../core/codes/problem-codes.ts';
import { durationPattern, timeoutPattern } from '../../core/duration.ts';
import { isJsonObject, type Json } from '../../core/json.ts';
import type { JsonSchema } from '../../core/module.ts';
import { didYouMean, nearest } from '../../core/nearest.ts';
import { shown } from '../../core/shown.ts';
import type { TextPart } from '../../core/text-part.ts';
import { andList, orList } from '../../core/word-list.ts';
import type { YamlPath } from '../../core/yaml-place.ts';
import { type FormatName, formatFault, formats } from '../../modules/shared/formats.ts';
import { holdsTemplate } from '../expressions/templates.ts';
import { preparedValidator } from './prepared.ts';
import { wordOfTruth } from './truth-words.ts';
import { kindOf, typeHint, types } from './type-words.ts';

/** What a value has against a schema, in words. */
export interface SchemaError {
  readonly code: ProblemCode;
  readonly message: string;
  readonly path: YamlPath;
  /** The key at the end of the path is meant. */
  readonly key?: boolean;
  readonly hint?: string | undefined;
  /** Only this part of the text is meant. */
  readonly within?: TextPart;
}

/**
 * The schemas are our own and held to strictness by their tests: not checking them again saves half of the start. Each is used a few times:
 * making its code shorter costs more than it gains.
 */
export const ajvOptions = {
  allErrors: true,
  verbose: true,
  strict: false,
  meta: false,
  validateSchema: false,
  code: { optimize: false },
  logger: false as const,
  formats,
};

let ajv: Ajv2020 | undefined;
const compiled = new WeakMap<JsonSchema, ValidateFunction>();

/**
 * Everything that is wrong with a value, `written` in the playbook as that if not as it is. Where a template stands (`templates: 'any'`) nothing is: what it comes to is
 * known only later. Each schema is compiled when it is first needed: compiling is most of the time that validating takes.
 */
export function schemaErrors(
  schema: JsonSchema,
  value: Json,
  templates: 'any' | 'none' = 'none',
  written?: Json,
): readonly SchemaError[] {
  const validate = validatorOf(schema);
  if (validate(value)) return [];
  const errors = folded(
    (validate.errors ?? []).filter(({ propertyName, keyword }) => !propertyName || keyword === 'propertyNames'),
  );
  return errors
    .filter((error) => templates === 'none' || !restsOnTemplate(error, value))
    .map((error) => inWords(error, written));
}

function validatorOf(schema: JsonSchema): ValidateFunction {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const made = preparedValidator(schema) ?? compileAnew(schema);
  compiled.set(schema, made);
  return made;
}

function compileAnew(schema: JsonSchema): ValidateFunction {
  ajv ??= new Ajv2020(ajvOptions);
  return ajv.compile(schema);
}

function restsOnTemplate(error: ErrorObject, value: Json): boolean {
  let at: Json | undefined = value;
  for (const step of pathOf(error)) {
    if (holdsTemplate(at) && !isJsonObject(at) && !Array.isArray(at)) return true;
    at = Array.isArray(at) ? at[Number(step)] : isJsonObject(at) ? at[step] : undefined;
  }
  const ownKeys = ['additionalProperties', 'unevaluatedProperties', 'required', 'propertyNames', 'type'];
  const isOfKeys = ownKeys.includes(error.keyword) || (isChoice(error.keyword) && isBetweenKeys(error.schema));
  return isOfKeys && typeof at !== 'string' ? false : holdsTemplate(at);
}

/** Of a choice that failed, what the nearest choice lacks; not what each of them does. */
function folded(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const choices = errors.filter(({ keyword }) => isChoice(keyword));
  const hidden = new Set<ErrorObject>(errors.filter(({ keyword }) => keyword === 'if'));
  for (const choice of choices) {
    const below = errors.filter(({ schemaPath }) => schemaPath.startsWith(`${choice.schemaPath}/`));
    const branchOf = ({ schemaPath }: ErrorObject) => schemaPath.slice(choice.schemaPath.length + 1).split('/')[0];
    const isDeeper = ({ instancePath }: ErrorObject) => instancePath.length > choice.instancePath.length;
    const branches = [...new Set(below.map(branchOf))].map((name) => below.filter((error) => branchOf(error) === name));
    const deeper = branches.filter((branch) => branch.every(isDeeper));
    const kept = deeper.length === 1 ? deeper[0] : undefined;
    for (const error of below) if (!kept?.includes(error)) hidden.add(error);
    if (kept !== undefined) hidden.add(choice);
  }
  const left = errors.filter((error) => !hidden.has(error));
  return left.filter((error) => !isMisspelt(error, left) && !isToldBetter(error, left));
}

/** A key that is missing because it is written wrongly: that one is told already. */
function isMisspelt({ keyword, params, schema, instancePath }: ErrorObject, errors: readonly ErrorObject[]): boolean {
  const missing = keyword === 'required' ? [String(params.missingProperty)] : isChoice(keyword) ? keysOf(schema) : [];
  return errors.some(
    (other) =>
      other.keyword === 'additionalProperties' &&
      other.instancePath === instancePath &&
      nearest(String(other.params.additionalProperty), missing) !== undefined,
  );
}

/** What is not even of the right type lacks more, which nobody needs to read; and a format has words where a pattern has none. */
function isToldBetter({ keyword, instancePath }: ErrorObject, errors: readonly ErrorObject[]): boolean {
  const has = (better: string) => errors.some((one) => one.keyword === better && one.instancePath === instancePath);
  return (keyword !== 'type' && has('type')) || (keyword === 'pattern' && has('format'));
}

function isChoice(keyword: string): boolean {
  return keyword === 'oneOf' || keyword === 'anyOf';
}

/** Do the choices tell which keys are there, whatever their values? */
function isBetweenKeys(schema: unknown): boolean {
  const branches = Array.isArray(schema) ? (schema as JsonSchema[]) : [];
  return branches.every((branch) => Object.keys(branch).every((keyword) => keyword === 'required'));
}

/** Of a choice between keys, those of which one must be there. */
function keysOf(schema: unknown): readonly string[] {
  const branches = Array.isArray(schema) ? (schema as JsonSchema[]) : [];
  return branches.flatMap(({ required }) => (Array.isArray(required) ? required.map(String) : []));
}

function inWords(error: ErrorObject, written: Json | undefined): SchemaError {
  const path = pathOf(error);
  const { params, data } = error;
  const schema = (error.parentSchema ?? {}) as JsonSchema;
  const described = typeof schema.description === 'string' ? schema.description : undefined;
  switch (error.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const key = String(params.additionalProperty ?? params.unevaluatedProperty);
      const known = Object.keys((schema.properties ?? {}) as object);
      const hint = didYouMean(key, known) ?? (known.length === 0 ? undefined : `Known here: ${known.join(', ')}.`);
      return { code: 'unknown-key', message: `"${key}" is not known here`, path: [...path, key], key: true, hint };
    }
    case 'required':
      return {
        ...{ code: 'missing-key', message: `"${params.missingProperty}" is missing`, path, key: true },
        hint: descriptionOf(schema, String(params.missingProperty)),
      };
    case 'dependentRequired':
      return {
        code: 'missing-key',
        message: `"${params.property}" needs "${params.missingProperty}" beside it`,
        path: [...path, String(params.property)],
        key: true,
        hint: `Give "${params.missingProperty}" too, or leave out "${params.property}".`,
      };
    case 'type':
      return {
        code: 'wrong-type',
        message: `must be ${types(params.type)}, not ${kindOf(data)}`,
        path,
        hint:
          (isDuration(schema.pattern) ? durationHint : typeHint(params.type, data, schema, valueAt(written, path))) ??
          described,
      };
    case 'enum': {
      const allowed = (params.allowedValues as Json[]).map(String);
      const hint = typeof data === 'string' ? didYouMean(data, allowed) : undefined;
      return { code: 'bad-value', message: `must be ${orList(allowed)}`, path, hint };
    }
    case 'const':
      return {
        code: 'bad-value',
        message: `must be ${JSON.stringify(params.allowedValue)}`,
        path,
        hint: wordOfTruth(data) ?? described,
      };
    case 'pattern':
      if (isDuration(params.pattern)) {
        return {
          code: 'bad-value',
          message: `must be a duration${params.pattern === timeoutPattern ? ' above 0' : ''}, not ${shown(data)}`,
          path,
          hint: durationHint,
        };
      }
      return {
        code: 'bad-value',
        message: `cannot be ${shown(data)}`,
        path,
        hint: described ?? `It must match ${params.pattern}`,
      };
    case 'format':
      return { code: 'bad-value', path, ...formatFault(params.format as FormatName, String(data)) };
    case 'propertyNames':
      return {
        code: 'bad-name',
        message: `"${params.propertyName}" cannot be a name`,
        path: [...path, String(params.propertyName)],
        key: true,
        hint: ruleOf(schema) ?? 'Names begin with a small letter or _, then letters, digits and _.',
      };
    case 'oneOf':
    case 'anyOf':
      return choice(error, path, described);
    case 'not':
    case 'false schema': {
      const keys = keysOf([error.schema]).map((key) => `"${key}"`);
      const message = `${keys.length === 0 ? 'these' : andList(keys)} do not go together`;
      return { code: 'bad-value', message, path, key: true, hint: 'Leave out one of them.' };
    }
    case 'minItems':
    case 'minLength':
      if (params.limit === 1) return { code: 'bad-value', message: 'must not be empty', path, hint: described };
      return { code: 'bad-value', message: plain(error), path, hint: described };
    case 'uniqueItems':
      return { code: 'bad-value', message: 'has the same item twice', path, hint: 'Leave one of them out.' };
    default:
      return { code: 'bad-value', message: plain(error), path, hint: described };
  }
}

function plain({ message = 'is not valid' }: ErrorObject): string {
  return message.replace('must NOT', 'must not');
}

function descriptionOf({ properties }: JsonSchema, key: string): string | undefined {
  const { description } = ((properties ?? {}) as Readonly<Record<string, JsonSchema>>)[key] ?? {};
  return typeof description === 'string' ? description : undefined;
}

/** What a map's schema says of the names in it. */
function ruleOf({ propertyNames }: JsonSchema): string | undefined {
  const { description } = (propertyNames ?? {}) as JsonSchema;
  return typeof description === 'string' ? description : undefined;
}

function choice({ schema, params, data }: ErrorObject, path: YamlPath, hint: string | undefined): SchemaError {
  const branches = Array.isArray(schema) ? (schema as JsonSchema[]) : [];
  const keys = branches.map(({ required }) =>
    Array.isArray(required) ? required.map((key) => `"${key}"`).join(' with ') : '',
  );
  if (keys.every((key) => key !== '')) {
    const isOneTooMany = Array.isArray(params.passingSchemas);
    const message = isOneTooMany ? `only one of ${orList(keys)} may be given` : `${orList(keys)} is missing`;
    return { code: 'missing-key', message, path, key: true, hint: isOneTooMany ? 'Leave the others out.' : hint };
  }
  const allowed = branches.map(({ type }) => (typeof type === 'string' ? type : ''));
  if (allowed.every((type) => type !== '') && !allowed.includes(Array.isArray(data) ? 'array' : typeof data)) {
    return { code: 'wrong-type', message: `must be ${types(allowed)}, not ${kindOf(data)}`, path, hint };
  }
  return { code: 'bad-value', message: `cannot be ${shown(data)}`, path, hint };
}

const isDuration = (pattern: unknown): boolean => pattern === durationPattern || pattern === timeoutPattern;
const durationHint = 'Write a number and a unit: 500ms, 2s, 1.5m or 1h.';

/** A JSON pointer as a path. Its steps are text, also for places in a list. */
function pathOf({ instancePath }: ErrorObject): string[] {
  return instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function valueAt(value: Json | undefined, path: YamlPath): Json | undefined {
  return path.reduce<Json | undefined>((at, step) => {
    if (Array.isArray(at)) return at[Number(step)];
    return isJsonObject(at) ? at[String(step)] : undefined;
  }, value);
}
