import { Failure } from '../../core/failure.ts';

/**
 * Words of a rule as `iptables-save` writes it: double quotes with backslash escapes, nothing else. This is not a shell's
 * quoting. Throws Failure `invalid`.
 */
export function ruleWords(rule: string | readonly string[]): readonly string[] {
  const words = typeof rule === 'string' ? split(rule) : rule;
  const strange = words.find((word) => /[\x00-\x1f]/.test(word));
  if (words.length > 0 && strange === undefined) return words;
  throw new Failure('invalid', `The rule ${JSON.stringify(rule)} is empty or has control characters.`, {
    hint: 'Write it as iptables-save prints it, without -A and the chain.',
  });
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

/** The words as iptables-save would write them. */
export function ruleText(words: readonly string[]): string {
  return words
    .map((word) => (/^[A-Za-z0-9_.:/,!@%+=~-]+$/.test(word) ? word : `"${word.replace(/["\\']/g, '\\$&')}"`))
    .join(' ');
}
