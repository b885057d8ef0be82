import { Failure } from '../core/failure.ts';
import { type LabPlan, prefixLengthOf } from './plan.ts';
import { refuseShadow } from './rehearse/shadow.ts';
import { must, run } from './shell.ts';

/**
 * The switch that the controller and all hosts are plugged into: a bridge in a namespace of its own, so that neither this machine's
 * firewall nor the hosts' own sees what is forwarded, and faults can be made on the wire. Throws Failure `busy` when this
 * machine already uses the lab's addresses.
 */
export async function makeSwitch(plan: LabPlan): Promise<void> {
  await (plan.rehearsal ? refuseShadow(plan) : refuseTakenAddress(plan));
  const { link, address } = plan.controller;
  await must(['ip', 'netns', 'add', plan.switchNetns]);
  await inSwitch(plan, [
    'sh',
    '-c',
    'for f in /proc/sys/net/bridge/bridge-nf-call-*; do [ ! -e $f ] || echo 0 >$f; done',
  ]);
  await must(['ip', '-n', plan.switchNetns, '-batch', '-'], {
    stdin: 'link set lo up\nlink add switch type bridge\nlink set switch up\n',
  });
  await must(['ip', '-batch', '-'], {
    stdin: `link add ${link} type veth peer name controller netns ${plan.switchNetns}
address add ${address}/${prefixLengthOf(plan)} dev ${link}
link set ${link} up
`,
  });
  // Real addresses must not get out: what comes from the lab is not forwarded, whatever this machine does else.
  if (plan.rehearsal) await must(['sh', '-c', 'echo 0 >/proc/sys/net/ipv4/conf/$1/forwarding', 'sh', link]);
  await must(['ip', '-n', plan.switchNetns, 'link', 'set', 'controller', 'master', 'switch', 'up']);
}

/** Takes the switch away; nothing happens when there is none. */
export async function removeSwitch(plan: LabPlan): Promise<void> {
  await run(['ip', 'link', 'del', plan.controller.link]);
  await run(['ip', 'netns', 'del', plan.switchNetns]);
}

/** Is the switch there, with the controller plugged in? */
export async function hasSwitch(plan: LabPlan): Promise<boolean> {
  const ran = await run(['ip', '-o', '-4', 'address', 'show', 'dev', plan.controller.link, 'up']);
  return ran.exit === 0 && ran.stdout.includes(` ${plan.controller.address}/${prefixLengthOf(plan)} `);
}

/** Runs a program in the switch's namespace; it has to succeed. */
export async function inSwitch(plan: LabPlan, argv: readonly string[]): Promise<string> {
  return must(['nsenter', `--net=/run/netns/${plan.switchNetns}`, '--', ...argv]);
}

async function refuseTakenAddress(plan: LabPlan): Promise<void> {
  const prefix = `${plan.network.split('.').slice(0, 3).join('.')}.`;
  const shown = await must(['ip', '-o', '-4', 'address', 'show']);
  const taken = shown.split('\n').find((line) => line.includes(` inet ${prefix}`));
  if (!taken) return;
  const [, device = '?'] = taken.split(/\s+/);
  throw new Failure('busy', `This machine already uses ${plan.network}, on ${device}`, {
    hint: 'Nothing was made. Choose another range with --network (for instance 10.4.8.0/24), or take that lab down.',
  });
}
