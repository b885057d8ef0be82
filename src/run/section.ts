import type { Json } from '../core/json.ts';
import { failedNames, type Play, type Step, type Task } from '../core/play.ts';
import { type Bad, type Memory, overHosts, type TaskResult } from './barrier.ts';
import { type Block, type Entry, nested } from './blocks.ts';
import { Calls } from './calls.ts';
import { allowsAny, dropOutAll } from './drop-out.ts';
import type { Locks } from './lock/locks.ts';
import { isBad, registeredValue, type StepResult } from './result.ts';
import { goOn } from './resume.ts';
import type { RunContext } from './run-context.ts';
import type { RunInput } from './run-input.ts';
import type { Session } from './session.ts';
import { stopIfTold } from './stop.ts';

/** Does the tasks of a section that changes. Throws Stop where the run is to turn around. True: something was changed. */
export async function applySection(context: RunContext, play: Play, section: 'tasks' | 'cleanup'): Promise<boolean> {
  const { session, input, memory } = context;
  const tasks = play.tasks.filter((task) => task.section === section);
  if (tasks.length === 0) return false;
  await session.emit({ type: 'phase_started', phase: section });
  memory.expect(tasks, play.hosts);
  const course = new Course(context, section);
  const endsWith = allowsAny(play, tasks) ? 'nothing' : 'a failure';
  for (const entry of nested(tasks)) {
    const failed = await course.entry(entry, session.roster.left(play.hosts), { endsWith, causes: new Map() });
    if (await dropOutAll(session, input, play, failed))
      await session.emit({ type: 'phase_started', phase: section, because: 'on the hosts that are left' });
  }
  return course.anyChanged;
}

/** What failed on a host, as `rescue` and `always` are told of it. */
interface Failed extends Bad {
  readonly task: Task;
  readonly result: Json;
}

interface How {
  /**
   * When no more of a list is begun, on any host: what nobody rescues turns the run around, and so does the loss of a host, which nobody can
   * rescue. `always` is done to its end.
   */
  readonly endsWith: 'a failure' | 'a loss' | 'nothing';
  /** By host, in a rescue or always part: what failed there. */
  readonly causes: ReadonlyMap<string, Failed>;
}

/** The way through a section: each task on all hosts before the next, save for those that have failed. */
class Course {
  anyChanged = false;
  readonly #session: Session;
  readonly #earlier: RunInput['resume'];
  readonly #memory: Memory;
  readonly #section: 'tasks' | 'cleanup';
  readonly #locks: Locks;
  readonly #calls = new Calls();
  readonly #lost = new Set<string>();

  constructor({ session, input, memory, locks }: RunContext, section: 'tasks' | 'cleanup') {
    this.#session = session;
    this.#earlier = input.resume;
    this.#memory = memory;
    this.#section = section;
    this.#locks = locks;
  }

  /** Returns what failed and was not rescued. */
  async entry(entry: Entry, hosts: readonly string[], how: How): Promise<readonly Failed[]> {
    return 'parts' in entry ? this.#block(entry, hosts, how) : this.#task(entry, hosts, how);
  }

  /** A host on which one of them fails takes no more of them. */
  async #all(entries: readonly Entry[], hosts: readonly string[], how: How): Promise<readonly Failed[]> {
    const failed: Failed[] = [];
    for (const entry of entries) {
      const going = hosts.filter((host) => !failed.some((one) => one.host === host));
      if (going.length === 0) break;
      const now = await this.entry(entry, going, how);
      failed.push(...now);
      if (how.endsWith === 'a failure' && now.length > 0) break;
      if (how.endsWith === 'a loss' && now.some(({ lost }) => lost)) break;
    }
    return failed;
  }

  async #block({ parts }: Block, hosts: readonly string[], how: How): Promise<readonly Failed[]> {
    const canFail = parts.rescue.length > 0 && how.endsWith === 'a failure';
    const failed = await this.#all(parts.block, hosts, canFail ? { ...how, endsWith: 'a loss' } : how);
    const again = await this.#rescue(parts.rescue, failed, hosts, how);
    const causes = new Map([...failed, ...again].map((one) => [one.host, one] as const));
    const late = await this.#all(parts.always, hosts, { endsWith: 'nothing', causes });
    // A lost host is lost, whatever was done about it from elsewhere.
    const left = parts.rescue.length === 0 ? failed : failed.filter(({ lost }) => lost);
    return [...left, ...again, ...late];
  }

  async #rescue(entries: readonly Entry[], failed: readonly Failed[], hosts: readonly string[], how: How) {
    const causes = new Map(failed.map((one) => [one.host, one] as const));
    const concerned = hosts.filter((host) => causes.has(host));
    return this.#all(entries, concerned, { ...how, causes });
  }

  async #task(task: Task, hosts: readonly string[], { causes }: How): Promise<readonly Failed[]> {
    const going = this.#reachableFirst(task, this.#calls.take(task, hosts, this.#memory.values));
    if (going.length === 0) return [];
    stopIfTold(this.#session);
    if (failedNames.some((name) => task.reads.includes(name))) this.#tell(going, causes);
    const done = await overHosts(this.#session, this.#memory, this.#section, task, going, (step) =>
      this.#step(task, step),
    );
    this.anyChanged ||= done.changed;
    this.#calls.note(task, done.steps);
    stopIfTold(this.#session);
    return this.#failed(task, going, done);
  }

  /** What is done once is not left to a host that is lost. */
  #reachableFirst({ runOnce }: Task, hosts: readonly string[]): readonly string[] {
    if (!runOnce || this.#lost.size === 0) return hosts;
    return hosts.toSorted((a, b) => Number(this.#lost.has(a)) - Number(this.#lost.has(b)));
  }

  #tell(hosts: readonly string[], causes: How['causes']): void {
    for (const host of hosts) {
      const cause = causes.get(host);
      this.#memory.remember([host], 'failed_task', cause?.task.name ?? '');
      this.#memory.remember([host], 'failed_result', cause?.result ?? registeredValue({ status: 'ok' }));
    }
  }

  /** For a lost host is done what others can do. */
  async #step(task: Task, step: Step): Promise<StepResult> {
    if (this.#lost.has(step.host) && this.#session.isLost(step.on))
      return { status: 'skipped', because: `${step.on} cannot be reached` };
    await this.#session.heartbeat.check();
    const refused = await this.#locks.meet(step.on);
    if (refused !== undefined && !this.#session.isLost(step.on))
      return {
        status: 'failed',
        because: `${refused}. This step has touched nothing; when that run has ended, play again`,
      };
    return goOn(this.#session, this.#earlier, task, step);
  }

  /** What is done once is done for all of them: so it fails for all of them. */
  #failed(task: Task, going: readonly string[], { bad, steps }: TaskResult): readonly Failed[] {
    return bad.flatMap((one) => {
      if (one.lost) this.#lost.add(one.host);
      const end = steps.findLast(({ step, result }) => step.host === one.host && isBad(result));
      const result = registeredValue(end?.result ?? { status: 'failed' });
      const hosts = task.runOnce ? going : [one.host];
      return hosts.map((host) => ({ ...one, host, lost: one.lost && host === one.host, task, result }));
    });
  }
}
