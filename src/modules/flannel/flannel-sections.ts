/**
 * What a script printed under lines `== name`, by name. `last`: the section that holds anybody's text; whatever follows its
 * line belongs to it.
 */
export function sectionsUpTo(stdout: string, last: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const at = stdout.search(new RegExp(`^== ${last}$`, 'm'));
  const own = at === -1 ? stdout : stdout.slice(0, at);
  const parts = own.split(/^== (\w+)\n/m);
  for (let i = 1; i + 1 < parts.length; i += 2) found.set(parts[i] ?? '', parts[i + 1] ?? '');
  if (at !== -1) found.set(last, stdout.slice(stdout.indexOf('\n', at) + 1));
  return found;
}

/** The parts of a section under lines `-- name`, in order. */
export function parts(text: string): readonly { readonly name: string; readonly text: string }[] {
  const split = text.split(/^-- (.*)\n/m);
  return split.flatMap((name, i) => (i % 2 === 1 ? [{ name, text: split[i + 1] ?? '' }] : []));
}
