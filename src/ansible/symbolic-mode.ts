const classes = ['u', 'g', 'o'] as const;
const bits: Readonly<Record<string, number>> = { r: 4, w: 2, x: 1 };

/**
 * Permissions such as `u=rw,g=r,o=` in octal, `0640`. undefined: they rest on what the file has already, as `g+w` and `u=rw` alone do,
 * or are no permissions.
 */
export function octalOf(symbolic: string): string | undefined {
  const found = new Map<string, number>();
  for (const clause of symbolic.split(',')) {
    const [, who, what] = /^([ugoa]+)=([rwx]*)$/.exec(clause.trim()) ?? [];
    if (who === undefined || what === undefined) return undefined;
    const value = [...new Set(what)].reduce((sum, letter) => sum + (bits[letter] ?? 0), 0);
    for (const one of who.includes('a') ? classes : who) found.set(one, value);
  }
  const digits = classes.map((one) => found.get(one));
  return digits.includes(undefined) ? undefined : `0${digits.join('')}`;
}
