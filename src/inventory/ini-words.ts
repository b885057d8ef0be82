/** A word of a line, and where in the line it begins (from 0). */
export interface Word {
  readonly text: string;
  readonly at: number;
}

/**
 * A line's words as a shell would see them: quotes hold words together, a backslash keeps what follows, # begins a comment
 * wherever it stands outside of quotes. `fault` is told of a quote without an end.
 */
export function wordsOf(line: string, fault: (message: string, at: number) => void): readonly Word[] {
  const found: Word[] = [];
  let word: { text: string; at: number } | undefined;
  let quote = '';
  let opened = 0;
  const add = (text: string, at: number) => {
    word ??= { text: '', at };
    word.text += text;
  };
  for (let i = 0; i < line.length; i++) {
    const char = line[i] as string;
    if (quote !== '') {
      if (char === quote) quote = '';
      else if (char === '\\' && quote === '"' && /["\\]/.test(line[i + 1] ?? '')) add(line[++i] as string, i);
      else add(char, i);
    } else if (char === '"' || char === "'") {
      [quote, opened] = [char, i];
      add('', i);
    } else if (/\s/.test(char)) {
      if (word !== undefined) found.push(word);
      word = undefined;
    } else if (char === '#') break;
    else if (char === '\\' && i + 1 < line.length) add(line[++i] as string, i - 1);
    else add(char, i);
  }
  if (quote !== '') fault(`a ${quote} is not closed`, opened);
  return word === undefined ? found : [...found, word];
}
