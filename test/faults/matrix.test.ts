import { describe, expect, test } from 'vitest';
import { type Courses, fullMatrix, inOrder, randomTrials, sampleOf } from './matrix.ts';
import { nameOf } from './trial.ts';

const courses: Courses = {
  there: [
    'start.1 - open hdss7-21 1',
    'start.1 - open hdss7-22 1',
    'plan.1 0.tasks.0 probe hdss7-21 1',
    'plan.1 0.tasks.1 probe hdss7-21 1',
    'tasks.1 0.tasks.0 probe hdss7-21 1',
    'tasks.1 0.tasks.0 probe hdss7-22 1',
    'tasks.1 0.tasks.0 guard hdss7-21 1',
    'tasks.1 0.tasks.0 change hdss7-21 1',
    'tasks.1 0.tasks.0 change hdss7-22 1',
    'verify.2 0.verify.0 check hdss7-21 1',
  ],
  back: ['undo.1 0.tasks.0 undo hdss7-21 1'],
  rollback: ['undo.1 0.tasks.0 undo hdss7-21 1'],
  turn: { kind: 'interrupt', at: 'verify.2 0.verify.0 check hdss7-21 1' },
};

describe('the matrix', () => {
  test('takes one of equal hosts, and one of the positions where nothing has been changed yet', () => {
    const { trials, coverage } = fullMatrix(courses, 1);
    expect(coverage).toEqual({ positions: 12, distinct: 8 });
    const cut = trials.filter(({ command, faults }) => command === 'play' && faults[0]?.kind === 'cut-before');
    expect(cut.map(({ faults }) => faults[0]?.at.replace(/hdss7-2\d/, 'node'))).toEqual([
      'plan.1 0.tasks.0 probe node 1',
      'tasks.1 0.tasks.0 probe node 1',
      'tasks.1 0.tasks.0 change node 1',
      'verify.2 0.verify.0 check node 1',
    ]);
  });

  test('is the same for a seed, and strikes other hosts with another', () => {
    const names = (seed: number) => fullMatrix(courses, seed).trials.map(nameOf);
    expect(names(4)).toEqual(names(4));
    expect(names(4)).not.toEqual(names(5));
  });

  test('is the same whichever host answers first', () => {
    const [first = '', second = ''] = courses.there;
    const there = courses.there.map((key) => (key === first ? second : key === second ? first : key));
    expect(there).not.toEqual(courses.there);
    expect(inOrder(there)).toEqual(inOrder(courses.there));
  });

  test('turns the play around before a fault on its way back', () => {
    const back = fullMatrix(courses, 1).trials.filter(({ faults }) => faults.length === 2);
    expect(back.length).toBeGreaterThan(10);
    for (const { faults } of back) expect(faults[0]).toEqual(courses.turn);
  });

  test('leaves a killed run to its guards only where there are some', () => {
    const alone = fullMatrix(courses, 1).trials.filter(({ faults }) => faults.at(-1)?.kind === 'left-alone');
    expect(alone.map(({ command, faults }) => `${command} ${faults.at(-1)?.at.split(' ')[2]}`)).toEqual([
      'play change',
      'play undo',
    ]);
    const unguarded = { ...courses, there: courses.there.filter((key) => !key.includes(' guard ')) };
    const { trials } = fullMatrix(unguarded, 1);
    expect(trials.some(({ faults }) => faults.at(-1)?.kind === 'left-alone')).toBe(false);
  });

  test('a sample has every kind before it has one twice', () => {
    const { trials } = fullMatrix(courses, 1);
    const kinds = new Set(trials.map(({ faults }) => faults.at(-1)?.kind));
    const sample = sampleOf(trials, kinds.size, 7);
    expect(new Set(sample.map(({ faults }) => faults.at(-1)?.kind)).size).toBe(kinds.size);
  });

  test('random trials are as many as asked for, and the same for a seed', () => {
    expect(randomTrials(courses, 200, 3)).toHaveLength(200);
    expect(randomTrials(courses, 20, 3)).toEqual(randomTrials(courses, 20, 3));
    expect(randomTrials(courses, 200, 3).some(({ faults }) => faults.length === 2)).toBe(true);
  });
});
