/** The sign of a cut: a secret that was cut in two there is known by it. */
export const cutSign = '…';

/** The first `length` characters, and whether there were more: whatever comes from a host or a template is shortened so. */
export function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}${cutSign}` : text;
}
