/** What may be base64, folded into lines or not. Shorter ones are known by their spelling. */
const run = /[\w+/-]{16,}(?:(?:\r?\n|\\n)[\w+/-]+)*={0,2}/g;
const fold = /\r?\n|\\n/;

/** A part of a text, from `start` up to `end`, and what takes its place. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

/**
 * What to change so that what stands in base64 is changed, and is left base64 that can be read: files are carried so. `change` gets one character for each byte, of
 * everything that may be base64. Where that begins is not known for sure: it is read from each of its first four characters.
 */
export function changeBase64(text: string, change: (decoded: string) => string): readonly Edit[] {
  return [...text.matchAll(run)].flatMap(({ 0: found, index }) => {
    const by = changedRun(found, change);
    return by === found ? [] : [{ start: index, end: index + found.length, by }];
  });
}

function changedRun(found: string, change: (decoded: string) => string): string {
  const clean = found.split(new RegExp(fold, 'g')).join('').replace(/=+$/, '');
  const changed = [0, 1, 2, 3].reduce((now, phase) => changedFrom(now, phase, change), clean);
  if (changed === clean) return found;
  const padded = found.endsWith('=') || (!fold.test(found) && clean.length % 4 === 0);
  const folded = foldedLike(found, clean, changed);
  return padded ? folded + '='.repeat((4 - (changed.length % 4)) % 4) : folded;
}

function changedFrom(clean: string, phase: number, change: (decoded: string) => string): string {
  const decoded = Buffer.from(clean.slice(phase), 'base64').toString('latin1');
  const changed = change(decoded);
  if (changed === decoded) return clean;
  const encoded = Buffer.from(changed, 'latin1').toString(/[_-]/.test(clean) ? 'base64url' : 'base64');
  // One character alone is no byte: it belongs to what follows.
  const rest = (clean.length - phase) % 4 === 1 ? clean.slice(-1) : '';
  return `${clean.slice(0, phase)}${encoded.replace(/=+$/, '')}${rest}`;
}

/** With the line ends where they were; those inside of what was changed are gone. */
function foldedLike(found: string, clean: string, changed: string): string {
  let same = 0;
  while (same < changed.length && clean[same] === changed[same]) same += 1;
  let sameAtEnd = 0;
  while (sameAtEnd < changed.length && clean.at(-1 - sameAtEnd) === changed.at(-1 - sameAtEnd)) sameAtEnd += 1;
  const lines = found.split(fold);
  const [end = ''] = fold.exec(found) ?? [];
  const moved = changed.length - clean.length;
  let at = 0;
  const places = lines.slice(0, -1).flatMap((line) => {
    at += line.length;
    if (at <= same) return [at];
    return clean.length - at <= sameAtEnd && at + moved >= same ? [at + moved] : [];
  });
  return [0, ...places].map((place, i) => changed.slice(place, places[i])).join(end);
}
