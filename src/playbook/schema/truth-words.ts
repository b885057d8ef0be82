/** A word that other readers of YAML take for a boolean: what to write instead. */
export function wordOfTruth(data: unknown): string | undefined {
  if (typeof data !== 'string' || !/^(yes|no|on|off|true|false)$/i.test(data)) return undefined;
  return `Write ${/^(yes|on|true)$/i.test(data) ? 'true' : 'false'}: in YAML 1.2 "${data}" is text.`;
}
