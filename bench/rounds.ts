import { hostSeconds } from './processor-time.ts';
import type { Backend, Side, Step } from './sides.ts';
import { rotated } from './statistics.ts';
import { type Cost, timed } from './timed.ts';

/** Seconds. */
export interface Sample extends Cost {
  /** Processor time that the hosts used meanwhile, with their own programs. */
  readonly hosts: number;
}

/** The samples of one side, one a round. */
export interface Measured {
  readonly side: string;
  readonly samples: readonly Sample[];
}

export interface Plan {
  readonly sides: readonly Side[];
  readonly rounds: number;
  /** The pid namespaces of the hosts. */
  readonly spaces: ReadonlySet<string>;
  readonly folder: string;
  /** Asked after each command, unmeasured; throws when the cluster is not on this backend. */
  readonly judge: (backend: Backend) => Promise<void>;
  readonly progress: (line: string) => void;
}

/** A round that does not count, then the others: in each, all sides one after another. */
export async function measure(plan: Plan): Promise<Measured[]> {
  const samples = new Map(plan.sides.map(({ name }) => [name, [] as Sample[]]));
  for (let round = 0; round <= plan.rounds; round++) {
    for (const side of rotated(plan.sides, round)) {
      const sample = await once(side, plan);
      plan.progress(`${round === 0 ? 'warm-up' : `round ${round}`}: ${side.name} ${sample.wall.toFixed(2)} s`);
      if (round > 0) samples.get(side.name)?.push(sample);
    }
  }
  return plan.sides.map(({ name }) => ({ side: name, samples: samples.get(name) ?? [] }));
}

async function once(side: Side, plan: Plan): Promise<Sample> {
  if (side.connections?.cold === true) await side.connections.kept.end();
  const total = { wall: 0, cpu: 0, hosts: 0 };
  for (const step of side.steps) {
    const sample = await sampled(step, side, plan);
    total.wall += sample.wall;
    total.cpu += sample.cpu;
    total.hosts += sample.hosts;
    if (step.leaves !== undefined) await plan.judge(step.leaves);
  }
  return total;
}

async function sampled({ work }: Step, { connections }: Side, { spaces, folder }: Plan): Promise<Sample> {
  const before = { hosts: hostSeconds(spaces), kept: connections?.kept.seconds() ?? 0 };
  const { wall, cpu } = await timed(work, folder);
  const hosts = hostSeconds(spaces) - before.hosts;
  return { wall, cpu: cpu + (connections?.kept.seconds() ?? 0) - before.kept, hosts };
}
