/** A statement or a comment of Jinja in a text, which would stand there as it is. */
export interface Statement {
  readonly offset: number;
  readonly width: number;
  readonly hint: string;
  /** Names that the text below may have from it. */
  readonly binds: readonly string[];
  /** Does it only go on with another one, or end it? */
  readonly isPart: boolean;
}

const statement =
  /\{%[-+]?\s*(?:if|elif|else|endif|for|endfor|set|endset|macro|endmacro|include|import|from|extends|block|endblock|raw|endraw|filter|endfilter|call|endcall|with|endwith|do)\b[^%]*%\}|(?<!\$)\{#(?!\})[\s\S]*?#\}/g;

export function holdsStatement(text: string): boolean {
  return (text.includes('{%') || text.includes('{#')) && text.search(statement) !== -1;
}

/** All of a text, in their order. */
export function statementsIn(text: string): readonly Statement[] {
  return holdsStatement(text) ? [...text.matchAll(statement)].map(statementOf) : [];
}

function statementOf({ 0: written, index }: RegExpExecArray): Statement {
  const opening = written.slice(0, 2);
  return {
    offset: index,
    width: written.split('\n')[0]?.length ?? 2,
    hint: `${insteadOf(written)} To have it as text, write {{ "${opening}" }} for ${opening}.`,
    binds: boundBy(written),
    isPart: /^\{%[-+]?\s*(?:el|end)/.test(written),
  };
}

function insteadOf(written: string): string {
  if (written.startsWith('{#')) return 'Write a comment of YAML, with #.';
  if (/^\{%[-+]?\s*(?:if|el|endif)/.test(written)) return 'Write {{ condition ? one : other }}.';
  if (/^\{%[-+]?\s*(?:for|endfor)/.test(written)) return 'Write {{ items.map(item, item.name).join("\\n") }}.';
  if (/^\{%[-+]?\s*set/.test(written)) return 'Give the variable under "vars".';
  return 'Only {{ }} is looked for.';
}

function boundBy(written: string): readonly string[] {
  const [, word, rest = ''] = /^\{%[-+]?\s*(for|set|macro|import|from|call|with)\b([\s\S]*)/.exec(written) ?? [];
  if (word === undefined) return [];
  const names = word === 'for' ? rest.split(/\bin\b/)[0] : word === 'set' ? rest.split('=')[0] : rest;
  return [...(names?.match(/[A-Za-z_]\w*/g) ?? []), ...(word === 'for' ? ['loop'] : [])];
}

/** The same text as long, without what stands in comments and between `raw` and `endraw`: nothing is looked for there. */
export function withoutUnread(text: string): string {
  return text
    .replace(/\{#[\s\S]*?#\}/g, blank)
    .replace(/(?<=\{%[-+]?\s*raw\s*[-+]?%\})[\s\S]*?(?=\{%[-+]?\s*endraw\b)/g, blank);
}

const blank = (text: string) => text.replace(/[^\n]/g, ' ');
