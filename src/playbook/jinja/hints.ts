import { NoForm, type Presence } from './node.ts';
import { readJinja } from './read.ts';

/** Forms of Jinja in a text that is no whole expression of it, and how CEL says them. */
const forms: readonly (readonly [RegExp, string])[] = [
  [
    /\|\s*default\s*\(/,
    'For a default of a field write map.?name.orValue("other"), for one of a variable of the host host.?name.orValue("other").',
  ],
  [
    /\bis\s+(not\s+)?(defined|undefined)\b/,
    'Ask for a field with has(map.name), for a variable of the host with has(host.name).',
  ],
  [/(?<!\|)\|\s*[a-z_]+/, 'There are no filters: write a function call, as in size(value).'],
  [/\S\s+if\s+.+\s+else\s+/, 'Write condition ? one : other.'],
  [/\bnot\s+in\b/, 'Write !(a in b).'],
  [/\band\b/, 'Write && for "and".'],
  [/\bor\b/, 'Write || for "or".'],
  [/\bnot\b/, 'Write ! for "not".'],
  [/\blookup\s*\(/, 'Write env("NAME") for a variable of the controller\'s environment.'],
  [/\b(True|False|None)\b/, 'Write true, false or null.'],
  [/[^=!<>]=[^=]/, 'Write == to compare.'],
  [/^\s*[.#%]/, 'To have two braces as text, write {{ "{{" }}.'],
];

/**
 * A hint for an expression that CEL did not understand, when it looks like Jinja: the same in CEL, if there is one.
 * `presenceOf`: how a name is there; it throws NoForm for one that cannot be asked for.
 */
export function fromJinja(text: string, presenceOf: (name: string) => Presence): string | undefined {
  if (text.length > longest) return undefined;
  try {
    const { cel, isJinja, asked } = readJinja(text, undefined, presenceOf, (parser) => parser.whole());
    if (isJinja) return [...whyAsked(asked), `In CEL: ${cel}`].join(' ');
  } catch (thrown) {
    if (!(thrown instanceof NoForm)) throw thrown;
    if (thrown.isHint) return thrown.message;
  }
  const withoutStrings = text.replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, (quoted) =>
    '"'.padEnd(quoted.length, '"'),
  );
  return forms.find(([form]) => form.test(withoutStrings))?.[1];
}

/** Why a name is not asked for as it was written, or what asking comes to. */
function whyAsked(asked: ReadonlyMap<string, Presence>): readonly string[] {
  const those = (presence: Presence) =>
    [...asked]
      .filter(([, one]) => one === presence)
      .map(([name]) => `"${name}"`)
      .join(' and ');
  const [always, nowhere] = [those('always'), those('nowhere')];
  return [
    ...(always === '' ? [] : [`Always there: ${always}.`]),
    ...(nowhere === '' ? [] : [`No host of the play has ${nowhere}; what -e may give is declared under "inputs".`]),
  ];
}

/** Nobody writes more; the forms are looked for with patterns that read a text more than once. */
const longest = 2_000;
