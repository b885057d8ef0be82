/** Forms of Jinja and Python that people will write, and how CEL says them. */
const forms: readonly (readonly [RegExp, string])[] = [
  [/\|\s*default\s*\(/, 'For a default write host.?name.orValue("other") or has(host.name) ? host.name : "other".'],
  [/\bis\s+(not\s+)?(defined|undefined)\b/, 'Write has(host.name) or !has(host.name).'],
  [/\|\s*(to_json|tojson|to_nice_json)\b/, 'There are no filters: write to_json(value).'],
  [/\|\s*from_json\b/, 'There are no filters: write json(text).'],
  [/\|\s*(length|count)\b/, 'There are no filters: write size(value).'],
  [/\|\s*int\b/, 'There are no filters: write int(value).'],
  [/\|\s*(bool|string)\b/, 'There are no filters: write bool(value) or string(value).'],
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

/** A hint for an expression that CEL did not understand, when it looks like Jinja. */
export function fromJinja(text: string): string | undefined {
  const withoutStrings = text.replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, (quoted) =>
    '"'.padEnd(quoted.length, '"'),
  );
  return forms.find(([form]) => form.test(withoutStrings))?.[1];
}
