import type { Module } from '../core/module.ts';
import { command } from './command.ts';
import { etcdKey } from './etcd_key.ts';
import { file } from './file.ts';
import { iptablesRule } from './iptables_rule.ts';
import { iptablesSave } from './iptables_save.ts';
import { link } from './link.ts';
import { process } from './process.ts';
import { route } from './route.ts';
import { supervisor } from './supervisor.ts';
import { verifyHttp } from './verify_http.ts';
import { verifyPing } from './verify_ping.ts';

/** Every module, by name. A new one is its file, its test and a line here. */
export const modules: readonly Module[] = [
  command,
  etcdKey,
  file,
  iptablesRule,
  iptablesSave,
  link,
  process,
  route,
  supervisor,
  verifyHttp,
  verifyPing,
];

const byName: ReadonlyMap<string, Module> = new Map(modules.map((module) => [module.name, module]));

/** The module of that name, as in YAML. */
export function moduleNamed(name: string): Module | undefined {
  return byName.get(name);
}
