/**
 * What a JSON text says. A whole number that JavaScript cannot hold, as the ids of etcd's members are, is a bigint: it
 * is kept exactly. Throws Error for what is not JSON.
 */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (!/\d{16}/.test(text)) return value;
    return JSON.parse(text.replace(tokens, marked), unmarked);
  } catch (thrown) {
    throw new Error('json() was given text that is not JSON', { cause: thrown });
  }
}

/** Texts, keys among them, and long whole numbers. */
const tokens = /"(?:\\.|[^"\\])*"(\s*:)?|-?\b\d{16,}\b(?![.eE])/g;

/** Such a number has to pass as text, so each text is told from it by its first letter. */
function marked(token: string, colon: string | undefined): string {
  if (colon !== undefined) return token;
  return token.startsWith('"') ? `"t${token.slice(1)}` : `"n${token}"`;
}

function unmarked(_key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const rest = value.slice(1);
  return value.startsWith('n') ? BigInt(rest) : rest;
}
