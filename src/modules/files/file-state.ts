import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { cut } from '../../core/cut.ts';
import { Failure } from '../../core/failure.ts';
import { explain, type Outcome } from '../../core/outcome.ts';

/** All of a file, as text where that is exact and can be read, else as base64; or only what tells it from others. */
export type Content =
  | { readonly content: string; readonly encoding?: 'base64' }
  | { readonly sha256: string; readonly size: number };

/**
 * A regular file. Owner and group are absent only in what is wanted of a new file: whoever writes it owns it.
 * `context` is its SELinux context, where the host keeps any. `extras`: what it has of "acl", "capabilities" and "links" (other names
 * for it), with commas.
 */
export type FileState = Content & {
  readonly mode: string;
  readonly owner?: string;
  readonly group?: string;
  readonly context?: string;
  readonly extras?: string;
};

/** The most bytes that are kept for an undo. */
export const sizeLimit = 1_048_576;

/** The bytes of a file; undefined where only a digest of them is known. None of no file. */
export function bytesOf(state: Content | null): Buffer | undefined {
  if (state === null) return Buffer.alloc(0);
  return 'content' in state ? Buffer.from(state.content, state.encoding ?? 'utf8') : undefined;
}

export function kept(bytes: Buffer): Content {
  const isText = isUtf8(bytes) && !bytes.includes(0);
  return isText ? { content: bytes.toString('utf8') } : { content: bytes.toString('base64'), encoding: 'base64' };
}

export function digested(bytes: Buffer): Content {
  return { sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length };
}

export function sameContent(a: Content, b: Content): boolean {
  if ('content' in a && 'content' in b) return a.content === b.content && a.encoding === b.encoding;
  return 'sha256' in a && 'sha256' in b && a.sha256 === b.sha256;
}

/** What is not said of one of them differs from nothing. */
export function sameFile(a: FileState | null, b: FileState | null): boolean {
  if (a === null || b === null) return a === b;
  return sameContent(a, b) && a.mode === b.mode && sameAccess(a, b);
}

/** Is `now` as good as `before`? A name that somebody else has given the file meanwhile is not the run's. */
export function isFileBack(before: FileState | null, now: FileState | null): boolean {
  const had = before?.extras ?? '';
  const extras = [had, had === '' ? 'links' : `${had},links`];
  return sameFile(before, now) && (now === null || extras.includes(now.extras ?? ''));
}

const extraWords: ReadonlyMap<string, string> = new Map([
  ['acl', 'an ACL'],
  ['capabilities', 'capabilities'],
  ['links', 'other names (hard links)'],
]);

/** Throws Failure `refused` where bringing `now` to `to` would cost the file what no undo could give it again. */
export function refuseLoss(path: string, now: FileState | null, to: FileState | null): void {
  if (now === null) return;
  const isKept = (extra: string): boolean => {
    if (to === null) return false;
    return extra === 'acl' || (sameContent(now, to) && (extra === 'links' || sameAccess(now, to)));
  };
  const lost = (now.extras ?? '').split(',').filter((extra) => extraWords.has(extra) && !isKept(extra));
  if (lost.length === 0) return;
  const words = lost.map((extra) => extraWords.get(extra)).join(' and ');
  throw new Failure('refused', `${path} has ${words}, which an undo could not give it again`, {
    hint: 'Nothing was changed. Take that from it first, or change it without an undo: `file` with `backup: false`.',
  });
}

type Access = { readonly owner?: string; readonly group?: string; readonly context?: string };

/** What is not said of one of them differs from nothing. */
export function sameAccess(a: Access, b: Access): boolean {
  return (['owner', 'group', 'context'] as const).every(
    (name) => a[name] === undefined || b[name] === undefined || a[name] === b[name],
  );
}

/** Permissions in four octal digits, of the hexadecimal st_mode that `stat -c %f` prints. Throws Failure `unreadable`. */
export function permissions(hex: string, path: string): string {
  if (!/^[0-9a-f]{1,8}$/.test(hex)) throw cannotRead(path, `"${cut(hex, 100)}" is not a mode`);
  return (Number.parseInt(hex, 16) & 0o7777).toString(8).padStart(4, '0');
}

const codes: ReadonlyMap<string, RegExp> = new Map([
  ['sha256', /^[0-9a-f]{64}$/],
  ['hex', /^[0-9a-f]*$/],
  ['base64', /^[A-Za-z0-9+/]*={0,2}$/],
]);

/**
 * What `readScript` says of a path. Throws Failure `refused` for what is no regular file or too big to keep, and
 * `unreadable`.
 */
export function fileIn(outcome: Outcome, path: string): FileState | null {
  const [first = '', ...lines] = outcome.stdout.split('\n');
  const [kind, ...about] = first.split(' ');
  if (outcome.exit !== 0 || outcome.truncated === true) {
    throw cannotRead(path, outcome.truncated === true ? 'its content was cut short on the way' : explain(outcome));
  }
  if (kind === 'absent' && outcome.stdout.trimEnd() === 'absent') return null;
  if (kind === 'other') {
    throw new Failure('refused', `${path} is not a regular file but a ${about[0]}, which is left alone`, {
      hint: 'Name the file that a symbolic link points to, or see what has taken the place of the file.',
    });
  }
  if (kind === 'big') {
    throw new Failure('refused', `${path} has ${about[0]} bytes; files of up to ${sizeLimit} can be kept for an undo`, {
      hint: 'To change it without an undo, say `backup: false`. Nothing was changed.',
    });
  }
  const [mode = '', owner = '', group = '', size, coding, ...more] = about;
  if (kind !== 'file') throw cannotRead(path, `"${first}" is not understood`);
  const text = lines.join('').replaceAll(/\s/g, '');
  const isWhole =
    owner !== '' && group !== '' && /^\d+$/.test(size ?? '') && codes.get(coding ?? '')?.test(text) === true;
  if (!isWhole) {
    throw cannotRead(path, 'the answer is not understood');
  }
  const context = more.find((word) => !word.startsWith('+'));
  const extras = more.find((word) => word.startsWith('+'))?.slice(1);
  const access = {
    ...{ mode: permissions(mode, path), owner, group },
    ...(context === undefined ? {} : { context }),
    ...(extras === undefined ? {} : { extras }),
  };
  if (coding === 'sha256') return { sha256: text, size: Number(size), ...access };
  const bytes = Buffer.from(text, coding === 'hex' ? 'hex' : 'base64');
  if (bytes.length !== Number(size)) throw cannotRead(path, 'it changed while it was read');
  return { ...kept(bytes), ...access };
}

export function cannotRead(path: string, why: string): Failure {
  return new Failure('unreadable', `${path} cannot be read: ${why}`, {
    hint: 'Nothing was changed. Check the folder and the rights of the user (`become: true` runs a task as root).',
  });
}
