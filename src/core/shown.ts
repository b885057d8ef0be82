/** A value in a message; a long one only by its size: half of a secret would not be known as one. */
export function shown(data: unknown): string {
  const text = JSON.stringify(data);
  return text.length > 60 ? `a value of ${text.length} characters` : text;
}
