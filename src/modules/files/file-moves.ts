import { type Command, script } from '../../core/command.ts';
import { attributesScript, readScript, writeScript } from './file-scripts.ts';
import { bytesOf, type FileState, sameContent, sizeLimit } from './file-state.ts';

export interface FileArgs {
  readonly path: string;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  readonly backup?: boolean | undefined;
}

/** Reads a file; its answer is for `fileIn`. */
export function readFile({ path, owner = '', group = '', backup = true }: FileArgs): Command {
  return script(readScript, [path, backup ? String(sizeLimit) : '0', owner, group]);
}

/**
 * Brings a file to `to`. `bytes`: the content, where `to` holds only its digest. `validate`: a command (with %s for a
 * file) that must accept a new content before it takes effect. Empty where the content of `to` is not known any more.
 */
export function moveFile(
  path: string,
  from: FileState | null,
  to: FileState | null,
  { validate = [], bytes }: { readonly validate?: readonly string[]; readonly bytes?: Buffer | undefined } = {},
): readonly Command[] {
  if (to === null) return from === null ? [] : [{ argv: ['rm', '-f', '--', path] }];
  const { mode, owner = '', group = '', context = '' } = to;
  if (from !== null && sameContent(from, to)) return [script(attributesScript, [path, mode, owner, group])];
  const content = bytesOf(to) ?? bytes;
  if (content === undefined) return [];
  const [stdin, coding] = 'content' in to ? [to.content, to.encoding ?? ''] : [content.toString('base64'), 'base64'];
  const words = [path, mode, owner, group, String(content.length), coding, context, ...validate];
  return [script(writeScript, words, { stdin })];
}
