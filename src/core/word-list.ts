export function andList(words: readonly string[]): string {
  return listed(words, 'and');
}

export function orList(words: readonly string[]): string {
  return listed(words, 'or');
}

function listed(words: readonly string[], last: string): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}
