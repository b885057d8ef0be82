/** `loop` is reserved in CEL. The stand-in is as long, so offsets stay right, and no user's name can be it. */
export const loopAlias = 'LOOP';

export function withLoopAlias(text: string): string {
  if (!text.includes('loop')) return text;
  return text.replace(
    /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(\.\s*)?\b[A-Za-z_]\w*\b/g,
    (token, dot: string | undefined) => (token === 'loop' && dot === undefined ? loopAlias : token),
  );
}

/** Names that CEL gives a meaning of its own, or keeps for later. */
export const taken: ReadonlySet<string> = new Set([
  ...[
    'bool',
    'bytes',
    'cel',
    'double',
    'dyn',
    'google',
    'int',
    'list',
    'map',
    'null_type',
    'optional',
    'string',
    'type',
    'uint',
  ],
  ...['as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'in', 'let', 'loop', 'package'],
  ...['namespace', 'return', 'var', 'void', 'while', 'true', 'false', 'null', '__proto__', 'prototype'],
]);
