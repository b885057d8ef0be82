import { expect, it } from 'vitest';
import { goals, scenarioReport, startReport } from '../../bench/report.ts';
import { names } from '../../bench/scenarios.ts';
import { columns } from '../../bench/table.ts';

const samples = (...walls: number[]) => walls.map((wall) => ({ wall, cpu: wall / 2, hosts: 1 }));

it('a side is compared with runbook in the same round, whatever the rounds were like', () => {
  const { sides } = scenarioReport([
    { side: names.runbook, samples: samples(1, 2, 4) },
    { side: names.ansible, samples: samples(5, 10, 16) },
  ]);
  expect(sides.map(({ side, wall, byRunbook }) => [side, wall.median, byRunbook])).toEqual([
    [names.runbook, 2, undefined],
    [names.ansible, 10, { median: 5, min: 4, max: 5 }],
  ]);
});

it('the start is what telling the version takes more than an empty node, pair by pair', () => {
  const cost = (wall: number) => ({ wall, cpu: 0 });
  const { more } = startReport({ runbook: [cost(0.1), cost(0.5)], node: [cost(0.08), cost(0.44)] });
  expect(more.median).toBeCloseTo(0.04);
});

it.each([
  { name: 'all of them', runbook: 1, ansible: 4, loop: 1, more: 0.06, large: 1.5, met: [true, true, true, true] },
  { name: 'a slow start', runbook: 1, ansible: 5, loop: 1, more: 0.061, large: 1, met: [false, true, true, true] },
  { name: 'a slow look', runbook: 1, ansible: 5, loop: 1, more: 0.01, large: 1.51, met: [true, false, true, true] },
  { name: 'a fast ansible', runbook: 1, ansible: 3.9, loop: 1, more: 0.01, large: 1, met: [true, true, false, true] },
  { name: 'a fast loop', runbook: 1, ansible: 9, loop: 0.6, more: 0.01, large: 1, met: [true, true, true, false] },
])('goals met: $name', ({ runbook, ansible, loop, more, large, met }) => {
  const audit = scenarioReport([
    { side: names.runbook, samples: samples(runbook) },
    { side: names.ansible, samples: samples(ansible) },
    { side: names.loop, samples: samples(loop) },
  ]);
  const start = startReport({ runbook: [{ wall: 0.1 + more, cpu: 0 }], node: [{ wall: 0.1, cpu: 0 }] });
  const validate = scenarioReport([{ side: names.runbook, samples: samples(large) }]);
  expect(goals({ start, validate, audit }).map((goal) => goal.met)).toEqual(met);
});

it('what was not measured is no goal', () => {
  expect(goals({})).toEqual([]);
});

it('columns stand below each other, with no blanks at the end of a line', () => {
  const text = columns([
    ['', 'wall', 'cpu'],
    ['ssh loop', '1', ''],
  ]);
  expect(text).toBe('            wall  cpu\n  ssh loop  1');
});
