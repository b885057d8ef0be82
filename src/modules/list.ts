import type { Module } from '../core/module.ts';
import { command } from './command.ts';
import { file } from './file.ts';
import { process } from './process.ts';
import { supervisor } from './supervisor.ts';
import { verifyHttp } from './verify_http.ts';
import { verifyPing } from './verify_ping.ts';

/** Every module, by name. A new one is its file, its test and a line here. */
export const modules: readonly Module[] = [command, file, process, supervisor, verifyHttp, verifyPing];

const byName: ReadonlyMap<string, Module> = new Map(modules.map((module) => [module.name, module]));

/** The module of that name, as in YAML. */
export function moduleNamed(name: string): Module | undefined {
  return byName.get(name);
}
