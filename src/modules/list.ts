import type { Module } from '../core/module.ts';
import { address } from './address.ts';
import { assert } from './assert.ts';
import { command } from './command.ts';
import { copy } from './copy.ts';
import { directory } from './directory.ts';
import { etcdKey } from './etcd_key.ts';
import { file } from './file.ts';
import { iptablesChain } from './iptables_chain.ts';
import { iptablesRule } from './iptables_rule.ts';
import { iptablesSave } from './iptables_save.ts';
import { line } from './line.ts';
import { link } from './link.ts';
import { neighbour } from './neighbour.ts';
import { process } from './process.ts';
import { route } from './route.ts';
import { rule } from './rule.ts';
import { script } from './script.ts';
import { service } from './service.ts';
import { supervisor } from './supervisor.ts';
import { symlink } from './symlink.ts';
import { sysctl } from './sysctl.ts';
import { template } from './template.ts';
import { verifyDns } from './verify_dns.ts';
import { verifyFlannel } from './verify_flannel.ts';
import { verifyHttp } from './verify_http.ts';
import { verifyLog } from './verify_log.ts';
import { verifyPing } from './verify_ping.ts';
import { verifyRoute } from './verify_route.ts';
import { verifyTcp } from './verify_tcp.ts';
import { waitFor } from './wait_for.ts';

/** Every module, by name. A new one is its file, its test and a line here. */
export const modules: readonly Module[] = [
  address,
  assert,
  command,
  copy,
  directory,
  etcdKey,
  file,
  iptablesChain,
  iptablesRule,
  iptablesSave,
  line,
  link,
  neighbour,
  process,
  route,
  rule,
  script,
  service,
  supervisor,
  symlink,
  sysctl,
  template,
  verifyDns,
  verifyFlannel,
  verifyHttp,
  verifyLog,
  verifyPing,
  verifyRoute,
  verifyTcp,
  waitFor,
];

const byName: ReadonlyMap<string, Module> = new Map(modules.map((module) => [module.name, module]));

/** The module of that name, as in YAML. */
export function moduleNamed(name: string): Module | undefined {
  return byName.get(name);
}
