/** The fields of a JSON object. */
export type Fields = Record<string, unknown>;

interface Kinds {
  string: string;
  bool: boolean;
  int: number;
  uint: number;
  object: Fields | undefined;
}

const goNames: Record<keyof Kinds, string> = {
  string: 'string',
  bool: 'bool',
  int: 'int',
  uint: 'uint',
  object: 'json.RawMessage',
};

/** Parses a JSON object. Throws Error in the words of Go's decoder. */
export function goFields(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // Go says where by character, V8 in several ways; only the first words are the same for both.
    if (text.trim() === '' || /end of JSON/.test(String(error))) throw new Error('unexpected end of JSON input');
    throw new Error(`invalid character in JSON: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`json: cannot unmarshal ${goKind(value)} into Go value of type subnet.Config`);
  }
  return value as Fields;
}

/**
 * A field as Go's decoder fills it: its name in any case, the last one wins, null and absence leave the default.
 * Throws Error in the decoder's words when the value is of another type.
 */
export function goValue<Kind extends keyof Kinds>(
  fields: Fields,
  name: string,
  kind: Kind,
  otherwise: Kinds[Kind],
): Kinds[Kind] {
  const key = Object.keys(fields).findLast((candidate) => candidate.toLowerCase() === name.toLowerCase());
  const value = key === undefined ? undefined : fields[key];
  if (value === undefined || value === null) return otherwise;
  if (!fits(value, kind)) {
    throw new Error(`json: cannot unmarshal ${goKind(value)} into Go struct field .${name} of type ${goNames[kind]}`);
  }
  return value as Kinds[Kind];
}

function fits(value: unknown, kind: keyof Kinds): boolean {
  if (kind === 'object') return typeof value === 'object' && !Array.isArray(value);
  if (kind === 'bool') return typeof value === 'boolean';
  if (kind === 'string') return typeof value === 'string';
  return Number.isInteger(value) && (kind === 'int' || (value as number) >= 0);
}

function goKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 ? 'number' : `number ${value}`;
  return typeof value;
}
