import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { didYouMean } from '../../core/nearest.ts';
import type { Step } from '../expressions/syntax.ts';
import { isTemplate } from '../expressions/templates.ts';

/** What is known of a value before it is there; undefined: nothing, it may be anything. */
export type Shape = MapShape | ListShape | PlainShape | undefined;

interface MapShape {
  readonly kind: 'map';
  readonly keys: () => readonly string[];
  /** Of one of the keys. */
  readonly at: (key: string) => Shape;
  /** Of any of them, where they are alike. */
  readonly any?: () => Shape;
  /** Says that a key is not among them. */
  readonly lacks: (key: string) => string;
}

interface ListShape {
  readonly kind: 'list';
  readonly of: () => Shape;
  readonly isFirm: boolean;
}

/** A value that holds no others. */
interface PlainShape {
  readonly kind: 'plain';
  readonly type: PlainType;
  /** The language, or the playbook, says that it has this type; else the values do that the inventory and -e have now. */
  readonly isFirm: boolean;
}

/** As CEL names them. */
export type PlainType = 'string' | 'int' | 'double' | 'bool';

/** The first step that leads to nothing, whatever the values are. */
export interface Astray {
  readonly step: Step;
  readonly message: string;
  readonly hint: string | undefined;
}

const lacksKey = (key: string) => `there is no "${key}" here`;

export function mapShape(
  keys: () => readonly string[],
  at: (key: string) => Shape,
  more: { readonly lacks?: (key: string) => string; readonly any?: () => Shape } = {},
): Shape {
  return { kind: 'map', keys: once(keys), at: onceEach(at), lacks: lacksKey, ...more };
}

export function listShape(of: () => Shape, { isFirm = false } = {}): Shape {
  return { kind: 'list', of: once(of), isFirm };
}

/** Of a value that always has this type. */
export function firm(type: PlainType): Shape {
  return { kind: 'plain', type, isFirm: true };
}

/** Of a value as written; what a template in it comes to may be anything. */
export function shapeOf(value: Json | undefined): Shape {
  if (Array.isArray(value)) return listShape(() => merged((value as readonly Json[]).map(shapeOf)));
  if (!isJsonObject(value)) return plainShape(value);
  return mapShape(
    () => Object.keys(value),
    (key) => shapeOf(value[key]),
  );
}

function plainShape(value: Json | undefined): Shape {
  const plain = (type: PlainType): Shape => ({ kind: 'plain', type, isFirm: false });
  if (typeof value === 'string') return isTemplate(value) ? undefined : plain('string');
  if (typeof value === 'boolean') return plain('bool');
  return typeof value === 'number' ? plain(Number.isSafeInteger(value) ? 'int' : 'double') : undefined;
}

/** What a value of any of these shapes can have. */
export function merged(shapes: readonly Shape[]): Shape {
  const maps = shapes.filter((shape) => shape?.kind === 'map');
  const lists = shapes.filter((shape) => shape?.kind === 'list');
  if (shapes.length === 0) return undefined;
  if (shapes[0]?.kind === 'plain') return mergedPlain(shapes[0], shapes);
  if (lists.length === shapes.length) return listShape(() => merged(lists.map((list) => list.of())));
  if (maps.length < shapes.length) return undefined;
  return mapShape(
    () => [...new Set(maps.flatMap((map) => map.keys()))],
    (key) => merged(maps.filter((map) => map.keys().includes(key)).map((map) => map.at(key))),
  );
}

function mergedPlain(first: PlainShape, shapes: readonly Shape[]): Shape {
  const alike = shapes.filter((shape) => shape?.kind === 'plain').filter(({ type }) => type === first.type);
  return alike.length < shapes.length ? undefined : { ...first, isFirm: alike.every(({ isFirm }) => isFirm) };
}

/** What a shape has is asked for by every expression, and the inventory's is made of all its hosts. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function onceEach<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, () => T>();
  return (key) => {
    const known = made.get(key) ?? once(() => make(key));
    made.set(key, known);
    return known();
  };
}

/** Of what a JSON Schema lets through. Fields that it does not name are there only where it says so. */
export function shapeOfSchema(schema: Json | undefined): Shape {
  if (!isJsonObject(schema)) return undefined;
  const { type, properties, items, nullable } = schema;
  if (nullable === true) return undefined;
  if (type === 'string' || type === 'boolean') return firm(type === 'string' ? 'string' : 'bool');
  if (type === 'integer') return firm('int');
  if (type === 'array') return listShape(() => shapeOfSchema(items), { isFirm: true });
  const isOpen = ['additionalProperties', 'patternProperties', ...combining].some(
    (key) => schema[key] !== undefined && schema[key] !== false,
  );
  if (type !== 'object' || !isJsonObject(properties) || isOpen) return undefined;
  return mapShape(
    () => Object.keys(properties),
    (key) => shapeOfSchema((properties as JsonObject)[key]),
  );
}

const combining = ['allOf', 'anyOf', 'oneOf', 'if', '$ref', 'dependentSchemas', 'unevaluatedProperties'];

/** Follows the steps as far as shapes are known. */
export function walk(start: Shape, steps: readonly Step[]): Shape | Astray {
  let shape = start;
  for (const step of steps) {
    if (shape?.kind === 'list') shape = typeof step.key === 'string' ? undefined : shape.of();
    else if (shape?.kind !== 'map' || typeof step.key === 'number') return undefined;
    else if (step.key === undefined) shape = shape.any?.();
    else {
      const keys = shape.keys();
      if (!keys.includes(step.key)) return { step, message: shape.lacks(step.key), hint: hintFor(step.key, keys) };
      shape = shape.at(step.key);
    }
  }
  return shape;
}

/** What a loop over such a value has as its item. */
export function itemOf(shape: Shape): Shape {
  if (shape?.kind !== 'map') return shape?.kind === 'list' ? shape.of() : undefined;
  return mapShape(
    () => ['key', 'value'],
    (key) => (key === 'value' ? shape.any?.() : firm('string')),
  );
}

export function isAstray(found: Shape | Astray): found is Astray {
  return found !== undefined && 'step' in found;
}

function hintFor(key: string, keys: readonly string[]): string | undefined {
  const guess = didYouMean(key, keys);
  if (guess !== undefined || keys.length === 0) return guess;
  return keys.length > 12 ? undefined : `It has ${keys.join(', ')}.`;
}
