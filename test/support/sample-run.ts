import type { Event, Phase, StepRef, UndoEntry, UndoStatus } from '../../src/core/event.ts';
import type { Json } from '../../src/core/json.ts';
import { type JournalText, journalText, sha256 } from '../../src/history/chain.ts';
import { EventStream, type TaskOf } from './event-stream.ts';

const nodes = ['hdss7-21', 'hdss7-22'] as const;
const etcd = 'hdss7-12';
const network = '172.7.0.0/16';

/** The tasks of the switch to VXLAN. */
const tasks = {
  require: task('0.require.0', "Every peer's pod answers before the change", 'verify_ping'),
  stop: task('0.tasks.0', 'Stop flanneld on every node', 'supervisor'),
  gone: task('0.tasks.1', 'See that no flanneld process is left', 'process'),
  routes: task('0.tasks.2', "The pod network's routes come back with an undo", 'route'),
  lease: task('0.tasks.3', "So does flanneld's lease file", 'file'),
  write: task('0.tasks.4', 'Write the network config', 'etcd_key'),
  start: task('0.tasks.5', 'Start flanneld', 'supervisor'),
  inForce: task('0.verify.0', 'The network config is in force', 'etcd_key'),
  reached: task('0.verify.1', 'Peers are reached through flannel.1', 'route'),
  answers: task('0.verify.2', "Every peer's pod answers", 'verify_ping'),
  leftovers: task('0.cleanup.0', 'Remove the routes that the old backend left', 'route'),
} as const;

function task(id: string, name: string, module: string): TaskOf {
  return { id, name, module };
}

const numberOf = (node: string) => node.slice(-2);
const peerOf = (node: string) => (node === 'hdss7-21' ? 'hdss7-22' : 'hdss7-21');
const hostGw = (node: string) =>
  `unicast 172.7.${numberOf(peerOf(node))}.0/24 via 10.4.7.${numberOf(peerOf(node))} dev eth0 proto boot scope global`;
const vxlan = (node: string) =>
  `unicast 172.7.${numberOf(peerOf(node))}.0/24 via 172.7.${numberOf(peerOf(node))}.0 dev flannel.1 proto boot scope global onlink`;
const own = (node: string) =>
  `unicast 172.7.${numberOf(node)}.0/24 dev docker0 proto static scope link src 172.7.${numberOf(node)}.1`;
const before = (node: string) => [own(node), hostGw(node)];
const after = (node: string) => [own(node), vxlan(node)];
export const oldConfig = '{"Network": "172.7.0.0/16", "Backend": {"Type": "host-gw"}}';
export const newConfig = '{"Network":"172.7.0.0/16","Backend":{"Type":"VxLAN"}}';
const subnetEnv = (node: string, mtu: number) =>
  `FLANNEL_NETWORK=${network}\nFLANNEL_SUBNET=172.7.${numberOf(node)}.1/24\nFLANNEL_MTU=${mtu}\nFLANNEL_IPMASQ=false\n`;
const file = (node: string, mtu: number): Json => ({ content: subnetEnv(node, mtu), mode: '0644', owner: 'root' });
const configArgs = { api: 2, key: '/coreos.com/network/config', json: JSON.parse(newConfig) as Json };
const configKey = 'v2 /coreos.com/network/config';
const oldValue: Json = { index: '7', value: oldConfig };
const newValue: Json = { index: '12', value: newConfig };
const meant: Json = { value: newConfig };
const etcdRef: StepRef = { task: tasks.write.id, host: 'hdss7-21', on: etcd };
const ref = (of: TaskOf, node: string, item?: string): StepRef => ({
  task: of.id,
  host: node,
  on: node,
  ...(item === undefined ? {} : { item }),
});
const program = (state: string): Json => [{ name: 'flanneld', state }];
const ctl = (verb: string) => ({ argv: ['supervisorctl', verb, 'flanneld'] });
const pingArgv = (node: string) => ['ping', '-n', '-c', '3', `172.7.${numberOf(peerOf(node))}.2`];

function opened(mode: 'play' | 'check' = 'play'): EventStream {
  const run = new EventStream();
  run.add({
    type: 'run_started',
    format: 2,
    run: '01JD9R6W3ZK8Q2V5H7XTNM4PCB',
    tool: 'runbook 0.1.0',
    mode,
    playbook: 'switch-to-vxlan.yml',
    operator: 'li@controller',
    hosts: [...nodes],
  });
  run.add({ type: 'play_started', name: 'Switch flannel to VXLAN', hosts: [...nodes] });
  for (const host of [...nodes, etcd]) {
    const address = `root@10.4.7.${numberOf(host)}:22`;
    run.add({ type: 'host_opened', host, bootId: `boot-${host}`, address, fresh: false });
  }
  return run;
}

function ask(run: EventStream, phase: Phase, of: TaskOf, status: 'ok' | 'unmet', because: string): void {
  run.task(phase, of, nodes, () => {
    for (const node of nodes) {
      const step = ref(of, node, peerOf(node));
      const lossy = status === 'unmet' && node === 'hdss7-22';
      run.command('check', step, { argv: pingArgv(node) }, { exit: lossy ? 1 : 0, stdout: 'PING ...\n', ms: 2011 });
      run.step(phase, step, of, {
        status: lossy ? 'unmet' : 'ok',
        because: lossy ? because : 'all 3 answered, 0% loss',
        tries: lossy ? 11 : 1,
      });
    }
  });
}

function plan(run: EventStream): void {
  run.phase('plan');
  run.task('plan', tasks.stop, nodes, () => {
    for (const node of nodes) {
      run.command('probe', ref(tasks.stop, node), ctl('status'), { stdout: 'flanneld RUNNING pid 812\n' });
      const states = { before: program('RUNNING'), after: program('STOPPED') };
      const key = 'supervisor:flanneld';
      run.step('plan', ref(tasks.stop, node), tasks.stop, {
        status: 'change',
        key,
        ...states,
        commands: [ctl('stop')],
      });
    }
  });
  run.task('plan', tasks.gone, nodes, () => {
    for (const node of nodes) {
      const because = `rests on "${tasks.stop.name}"`;
      run.step('plan', ref(tasks.gone, node), tasks.gone, { status: 'depends', key: 'process:flanneld', because });
    }
  });
  run.task('plan', tasks.routes, nodes, () => {
    for (const node of nodes) {
      const key = `route:within ${network}`;
      run.step('plan', ref(tasks.routes, node), tasks.routes, { status: 'protected', key, before: before(node) });
    }
  });
  run.task('plan', tasks.lease, nodes, () => {
    for (const node of nodes) {
      const key = 'file:/opt/flannel/subnet.env';
      run.step('plan', ref(tasks.lease, node), tasks.lease, { status: 'protected', key, before: file(node, 1500) });
    }
  });
  run.task('plan', tasks.write, ['hdss7-21'], () => {
    const states = { before: oldValue, after: meant };
    const commands = [{ argv: ['etcdctl', 'set', '/coreos.com/network/config'], stdin: newConfig }];
    run.step('plan', etcdRef, tasks.write, { status: 'change', key: `etcd_key:${configKey}`, ...states, commands });
  });
  run.task('plan', tasks.start, nodes, () => {
    for (const node of nodes) {
      const states = { before: program('STOPPED'), after: program('RUNNING') };
      const never = node === 'hdss7-21' ? {} : { never: 'only as an example' };
      const told = { status: 'change', key: 'supervisor:flanneld', ...states, ...never } as const;
      run.step('plan', ref(tasks.start, node), tasks.start, { ...told, commands: [ctl('start')] });
    }
  });
  run.task('plan', tasks.leftovers, nodes, () => {
    for (const node of nodes) {
      const key = `route:within ${network} except dev docker0,flannel.1`;
      run.step('plan', ref(tasks.leftovers, node), tasks.leftovers, { status: 'ok', key, before: [], after: [] });
    }
  });
}

function supervise(run: EventStream, of: TaskOf, verb: 'stop' | 'start', lost?: string): void {
  const [from, to] = verb === 'stop' ? ['RUNNING', 'STOPPED'] : ['STOPPED', 'RUNNING'];
  const states = { before: program(from), after: program(to) };
  run.task('tasks', of, nodes, () => {
    for (const node of nodes) {
      const step = ref(of, node);
      run.command('probe', step, ctl('status'), { stdout: `flanneld ${from}\n` });
      run.note(step, of, 'flanneld', { program: 'flanneld', state: to.toLowerCase() }, states);
      if (node === lost) {
        run.command('change', step, ctl(verb), { exit: null, cut: 'lost' });
        run.add({ type: 'host_lost', host: node, because: 'the connection was lost' });
        const because = 'connection lost; whether it ran is not known';
        run.step('tasks', step, of, { status: 'lost', key: 'flanneld', before: states.before, because });
        continue;
      }
      run.command('change', step, ctl(verb), { stdout: `flanneld: ${to}\n`, ms: 1040 });
      run.command('probe', step, ctl('status'), { stdout: `flanneld ${to}\n` });
      run.step('tasks', step, of, { status: 'changed', key: 'flanneld', ...states });
    }
  });
}

function change(run: EventStream, lost?: string): void {
  run.phase('tasks');
  supervise(run, tasks.stop, 'stop');
  run.task('tasks', tasks.gone, nodes, () => {
    for (const node of nodes) {
      const step = ref(tasks.gone, node);
      run.command('probe', step, { argv: ['sh', '-c', 'set -u\nls -l /proc/[0-9]*/exe\necho done', 'sh', 'flanneld'] });
      run.step('tasks', step, tasks.gone, { status: 'ok', key: 'flanneld', before: null, after: null });
    }
  });
  run.task('tasks', tasks.routes, nodes, () => {
    for (const node of nodes) {
      const step = ref(tasks.routes, node);
      const key = `within ${network}`;
      run.command('probe', step, { argv: ['ip', '-o', '-d', 'route', 'show'] }, { stdout: before(node).join('\n') });
      const state = { before: before(node), after: before(node) };
      run.note(step, tasks.routes, key, { within: network }, { ...state, protect: true });
      run.step('tasks', step, tasks.routes, { status: 'protected', key, ...state });
    }
  });
  run.task('tasks', tasks.lease, nodes, () => {
    for (const node of nodes) {
      const step = ref(tasks.lease, node);
      const key = '/opt/flannel/subnet.env';
      const state = { before: file(node, 1500), after: file(node, 1500) };
      run.note(step, tasks.lease, key, { path: key }, { ...state, protect: true });
      run.step('tasks', step, tasks.lease, { status: 'protected', key, ...state });
    }
  });
  run.task('tasks', tasks.write, ['hdss7-21'], () => {
    const set = { argv: ['etcdctl', 'set', '/coreos.com/network/config'], stdin: newConfig };
    const states = { before: oldValue, after: newValue };
    run.note(etcdRef, tasks.write, configKey, configArgs, { before: oldValue, after: meant });
    run.command('change', etcdRef, set, { stdout: `${newConfig}\n` });
    run.step('tasks', etcdRef, tasks.write, { status: 'changed', key: configKey, ...states });
  });
  supervise(run, tasks.start, 'start', lost);
}

function verify(run: EventStream, because: string, good: boolean): void {
  run.phase('verify', because);
  run.task('verify', tasks.inForce, ['hdss7-21'], () => {
    const states = { before: newValue, after: newValue };
    run.step('verify', { ...etcdRef, task: tasks.inForce.id }, tasks.inForce, {
      status: 'ok',
      key: configKey,
      ...states,
    });
  });
  run.task('verify', tasks.reached, nodes, () => {
    for (const node of nodes) {
      const step = ref(tasks.reached, node, peerOf(node));
      const key = `to 172.7.${numberOf(peerOf(node))}.0/24`;
      run.command('probe', step, { argv: ['ip', '-o', '-d', 'route', 'show'] }, { stdout: after(node).join('\n') });
      const states = { before: [vxlan(node)], after: [vxlan(node)] };
      run.step('verify', step, tasks.reached, { status: 'ok', key, ...states, tries: 2 });
    }
  });
  ask(run, 'verify', tasks.answers, good ? 'ok' : 'unmet', '0 of 3 answered, 100% loss; at most 0% is allowed');
}

/** The switch on two hosts, kept. */
export function keptRun(): readonly Event[] {
  const run = opened();
  run.phase('verify', 'is there anything to do?');
  run.task('verify', tasks.inForce, ['hdss7-21'], () => {
    const because = 'expected VxLAN, found host-gw';
    const states = { before: oldValue, after: meant };
    const step = { ...etcdRef, task: tasks.inForce.id };
    run.step('verify', step, tasks.inForce, { status: 'unmet', key: configKey, because, ...states });
  });
  run.phase('require');
  ask(run, 'require', tasks.require, 'ok', '');
  plan(run);
  change(run);
  verify(run, 'after the change', true);
  run.phase('cleanup');
  run.task('cleanup', tasks.leftovers, nodes, () => {
    for (const node of nodes) {
      const step = ref(tasks.leftovers, node);
      const key = `within ${network}`;
      run.command('probe', step, { argv: ['ip', '-o', '-d', 'route', 'show'] }, { stdout: after(node).join('\n') });
      run.step('cleanup', step, tasks.leftovers, { status: 'ok', key, before: after(node), after: after(node) });
    }
  });
  return run.end('kept', true, 0);
}

/** Only the plan of it. */
export function checkRun(): readonly Event[] {
  const run = opened('check');
  run.phase('require');
  ask(run, 'require', tasks.require, 'ok', '');
  plan(run);
  return run.end('unchanged', true, 5);
}

/** The last verification fails; everything is put back. */
export function undoneRun(): readonly Event[] {
  const run = opened();
  run.phase('require');
  ask(run, 'require', tasks.require, 'ok', '');
  plan(run);
  change(run);
  verify(run, 'after the change', false);
  const because = `hdss7-22: ${tasks.answers.name}: 0 of 3 answered, 100% loss; at most 0% is allowed`;
  run.add({ type: 'warned', message: `${because}; putting everything back` });
  undo(run);
  return run.end('undone', false, 3, because);
}

/** A host is lost while flanneld starts, and does not come back. */
export function unsureRun(): readonly Event[] {
  const run = opened();
  run.phase('require');
  ask(run, 'require', tasks.require, 'ok', '');
  plan(run);
  change(run, 'hdss7-22');
  const because = `hdss7-22: ${tasks.start.name}: connection lost; whether it ran is not known`;
  run.add({ type: 'warned', message: `${because}; putting everything back` });
  undo(run, 'hdss7-22');
  return run.end('unsure', false, 4, because, [
    {
      host: 'hdss7-22',
      what: 'supervisor flanneld',
      expected: '[{"name":"flanneld","state":"RUNNING"}]',
      found: 'not known (connection lost; whether it ran is not known)',
    },
    {
      host: 'hdss7-22',
      what: `route within ${network}`,
      expected: JSON.stringify(before('hdss7-22')),
      found: 'not known (connection lost; whether it ran is not known)',
    },
  ]);
}

function undo(run: EventStream, lost?: string): void {
  const notes = run.events.filter((event) => event.type === 'undo_noted');
  run.phase('undo');
  const newestFirst = [...new Set(notes.map(({ task }) => task))].reverse();
  for (const id of newestFirst) {
    const entries = notes.filter((entry) => entry.task === id);
    const of = Object.values(tasks).find((known) => known.id === id) ?? tasks.stop;
    run.task('undo', of, [...new Set(entries.map(({ host }) => host))], () => {
      for (const entry of entries) undoOne(run, of, entry, lost);
    });
  }
  run.phase('prove');
  const oldest = notes.filter((note, i) => notes.findIndex(({ on, key }) => on === note.on && key === note.key) === i);
  for (const entry of oldest) {
    if (entry.on === lost) continue;
    const { module, key, before: state } = entry;
    const step = { task: entry.task, host: entry.host, on: entry.on };
    const of = { id: entry.task, name: entry.name, module };
    run.step('prove', step, of, { status: 'ok', key, before: state, after: state });
  }
}

function undoOne(run: EventStream, of: TaskOf, entry: UndoEntry, lost?: string): void {
  const { entry: number, module, key, host, on, before: expected } = entry;
  const told = (status: UndoStatus, found: Json, because?: string) =>
    run.add({
      type: 'undo_ended',
      entry: number,
      status,
      module,
      key,
      task: of.id,
      host,
      on,
      ...(because === undefined ? {} : { because }),
      expected,
      found,
    });
  const step = { task: of.id, host, on };
  if (on === lost) {
    told('lost', null, 'connection lost; whether it ran is not known');
  } else if (module === 'supervisor') {
    run.command('undo', step, ctl(of.id === tasks.start.id ? 'stop' : 'start'), { ms: 1042 });
    told('restored', expected);
  } else if (module === 'file') {
    told('untouched', expected);
  } else {
    const argv = module === 'route' ? ['ip', '-batch', '-'] : ['etcdctl', 'set', '/coreos.com/network/config'];
    run.command('undo', step, { argv, stdin: module === 'route' ? `route append ${hostGw(on)}\n` : oldConfig });
    told('restored', module === 'route' ? expected : { index: '15', value: oldConfig });
  }
}

/** The journal that these events would be on disk. */
export function sampleJournal(events: readonly Event[]): JournalText {
  const [first] = events;
  return journalText(events, { run: first?.type === 'run_started' ? first.run : '', inputs: sha256('inputs') });
}
