import { join, resolve } from 'node:path';

/** This folder, be this file compiled or not. */
const here = import.meta.dirname.replace(/\/dist\/test\/faults$/, '');

export const checkout = resolve(here, '../..');

/** A process is started from JavaScript: what `tsc -p test/faults` writes. */
export const controllerProgram = join(here, 'dist/test/faults/controller.js');
