import { Failure } from '../../core/failure.ts';

/**
 * Words of a rule as `iptables-save` writes it: double quotes with backslash escapes, nothing else. This is not a shell's
 * quoting. Throws Failure `invalid`.
 */
export function ruleWords(rule: string | readonly string[]): readonly string[] {
  const words = unglued(typeof rule === 'string' ? split(rule) : rule);
  const strange = words.find((word) => /[\x00-\x1f]/.test(word));
  if (words.length > 0 && strange === undefined) return words;
  throw new Failure('invalid', `The rule ${JSON.stringify(rule)} is empty or has control characters.`, {
    hint: 'Write it as iptables-save prints it, without -A and the chain.',
  });
}

const headOption =
  /^(--(?:source|src|destination|dst|in-interface|out-interface|protocol|proto|match|jump|goto))=(.+)$|^(-[sdiopmjg])([^-].*)$/;
const freeText = /^--(comment|log-prefix|nflog-prefix|string|hex-string|name)$/;

/** `--source=10.1.1.5` and `-s10.1.1.5` as two words: iptables 1.8.9 takes all of `-ieth0` for the name of an interface. */
function unglued(words: readonly string[]): readonly string[] {
  return words.flatMap((word, i) => {
    if (!word.startsWith('-')) return [word];
    const [, long, value, short, rest] = freeText.test(words[i - 1] ?? '') ? [] : (headOption.exec(word) ?? []);
    return long === undefined && short === undefined ? [word] : [long ?? short ?? '', value ?? rest ?? ''];
  });
}

/** The words of a rule of this chain; a pasted line may begin with -A and the chain. */
export function ruleOf(rule: string | readonly string[], chain: string): readonly string[] {
  const words = ruleWords(rule);
  return words[0] === '-A' && words[1] === chain ? ruleWords(words.slice(2)) : words;
}

function split(rule: string): readonly string[] {
  const word = /\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"']+))(?=\s|$)/y;
  const words: string[] = [];
  for (const end = rule.trimEnd().length; word.lastIndex < end; ) {
    const match = word.exec(rule);
    if (match === null) {
      throw new Failure('invalid', `The quoting of the rule ${rule} is not understood.`, {
        hint: 'Quote a whole word with double quotes, and write \\" for one inside.',
      });
    }
    words.push(match[1]?.replace(/\\(.)/g, '$1') ?? match[2] ?? '');
  }
  return words;
}

/** The words as iptables-save would write them: a text of the user's is quoted sooner than an address or a number. */
export function ruleText(words: readonly string[]): string {
  return words
    .map((word, i) => {
      const plain = freeText.test(words[i - 1] ?? '') ? /^[A-Za-z0-9_-]+$/ : /^[A-Za-z0-9_.:/,!@%+=~-]+$/;
      return plain.test(word) ? word : `"${word.replace(/["\\']/g, '\\$&')}"`;
    })
    .join(' ');
}
