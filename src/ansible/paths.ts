import { posix } from 'node:path';

/** A text file by its path from the source; undefined: there is none that can be read. */
export type ReadBeside = (path: string) => string | undefined;

/** Paths of files on this side, which are taken from the folder of the playbook that names them. */
export class Paths {
  readonly #read: ReadBeside;
  readonly #way: string;

  /** `way`: from the folder of the result to that of the source; empty where they are one. */
  constructor(read: ReadBeside, way: string) {
    this.#read = read;
    this.#way = way;
  }

  /** Where Ansible finds a file: in a folder of its own first, then beside the playbook. */
  found(src: string, folder: string): string {
    const isThere = isFixed(src) && this.#read(`${folder}/${src}`) !== undefined;
    return isThere ? `${folder}/${src}` : src;
  }

  /** The same file, named from where the result is. */
  moved(src: string): string {
    if (this.#way === '' || !isRelative(src)) return src;
    return src.includes('{{') ? `${this.#way}/${src}` : posix.join(this.#way, src);
  }

  /** False: whether it is relative, and so another file from there, only the value of a template says. */
  canTell(src: string): boolean {
    return this.#way === '' || !src.startsWith('{{');
  }
}

function isFixed(src: string): boolean {
  return isRelative(src) && !src.includes('{{');
}

function isRelative(src: string): boolean {
  return !/^(?:[/~]|\{\{)/.test(src);
}
