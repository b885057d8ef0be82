import { join, resolve } from 'node:path';

/** This folder, be this file compiled, bundled or neither. */
const here = import.meta.dirname.replace(/\/dist\/(test\/faults|src\/program)$/, '');

export const checkout = resolve(here, '../..');

/** A process is started from JavaScript: what the build of this folder writes. */
export const controllerProgram = join(here, 'dist/src/program/controller.js');
