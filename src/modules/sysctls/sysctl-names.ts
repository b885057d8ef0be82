/** sysctl's own rule: where a slash is the first separator, slashes separate, and dots belong to a name. */
export function dotted(name: string): string {
  if (!/^[^.]*\//.test(name)) return name;
  return [...name].map((letter) => (letter === '/' ? '.' : letter === '.' ? '/' : letter)).join('');
}

export function procPath(name: string): string {
  return `/proc/sys/${partsOf(name).join('/')}`;
}

export function partsOf(name: string): readonly string[] {
  return dotted(name)
    .split('.')
    .map((part) => part.replaceAll('/', '.'));
}
