/** The parts of a probe's output, by name: each begins with a line `=== NAME`; its last line ends are dropped. */
export function sections(stdout: string): ReadonlyMap<string, string> {
  return new Map(
    stdout
      .split(/^=== /m)
      .slice(1)
      .map((text) => {
        const end = text.indexOf('\n');
        return end === -1 ? [text.trim(), ''] : [text.slice(0, end), text.slice(end + 1).replace(/\n+$/, '')];
      }),
  );
}
