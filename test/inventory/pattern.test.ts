import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import { fleetOf } from './read.ts';

const fleet = fleetOf({
  'i.yml': `
all:
  children:
    web: { hosts: { web1: , web2: , web3: } }
    db: { hosts: { db1: , "fd00::1": } }
    prod: { hosts: { web3: , web1: , db1: } }
    empty: {}
`,
});
const all = ['web1', 'web2', 'web3', 'db1', 'fd00::1'];

describe('host patterns', () => {
  test.each<[string, readonly string[]]>([
    ['all', all],
    ['*', all],
    ['web', ['web1', 'web2', 'web3']],
    ['db1', ['db1']],
    ['db:web1', ['db1', 'fd00::1', 'web1']],
    ['web1, db1', ['web1', 'db1']],
    ['web:&prod', ['web1', 'web3']],
    ['web:&prod:!web3', ['web1']],
    ['!web', ['db1', 'fd00::1']],
    ['&prod', ['web1', 'web3', 'db1']],
    ['web*:!web2', ['web1', 'web3']],
    ['w?b1', ['web1']],
    ['[wd]*1', ['web1', 'db1']],
    ['web[!1]', ['web2', 'web3']],
    ['~(web|db)1$', ['web1', 'db1']],
    ['web[0]', ['web1']],
    ['web[-1]', ['web3']],
    ['web[0:1]', ['web1', 'web2']],
    ['web[1:]', ['web2', 'web3']],
    ['web[:1]', ['web1', 'web2']],
    ['prod[0]', ['web3']],
    ['fd00::1', ['fd00::1']],
    ['fd00::1,web1', ['fd00::1', 'web1']],
    ['web[1:9]', ['web2', 'web3']],
    ['web[1:1]', ['web2']],
    ['web[0-1]', ['web1', 'web2']],
    ['localhost', ['localhost']],
    ['127.0.0.1', ['localhost']],
    ['::1', ['localhost']],
    ['web db1', ['web1', 'web2', 'web3', 'db1']],
    ['empty', []],
  ])('%s', (pattern, expected) => {
    expect(fleet.select(pattern)).toEqual(expected);
  });

  test.each([
    ['wev', 'Did you mean "web"?'],
    ['web:&prd', 'Did you mean "prod"?'],
    ['web:!dbx1', 'Did you mean "db1"?'],
    ['', 'Name a group or a host'],
    [' , ', 'Name a group or a host'],
    ['nothing', 'runbook inventory'],
    ['~eb', 'runbook inventory'],
    ['web[:]', 'Write "web" for all of them.'],
    ['web[-2:]', 'The last host alone is "web[-1]".'],
    ['web[:-1]', 'The last host alone is "web[-1]".'],
    ['web[2:1]', 'Write "web[1:2]".'],
    ['web[9]', 'The first one is 0'],
    ['web[7:9]', 'The first one is 0'],
    ['web[-]', 'runbook inventory'],
    ['web[]', 'Write a place, as in "web[0]"'],
    ['!web[2:1]', 'Write "web[1:2]".'],
  ])('"%s" is refused', (pattern, hint) => {
    const failure = failing(pattern);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ code: 'invalid', hint: expect.stringContaining(hint) });
  });

  test('as many hosts as there are may be named', () => {
    const names = Array.from({ length: 5_000 }, (_, i) => `web${(i % 3) + 1}`);
    expect(fleet.select(names.join(','))).toEqual(['web1', 'web2', 'web3']);
    const commas = `${','.repeat(200_000)}web1${'['.repeat(200_000)}`;
    const started = performance.now();
    expect(failing(commas)).toMatchObject({ code: 'invalid' });
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test('what is too long is told as that', () => {
    expect(failing(`web1,${'x'.repeat(10_001)}`)).toMatchObject({
      message: `a host pattern of 10001 characters is too long: "${'x'.repeat(40)}…"`,
    });
  });

  test.each(['~(', 'web[9]', `~${'('.repeat(2_000)}`, 'x'.repeat(20_000), '~(a+)+(a+)+$'])(
    '%s does no harm',
    (pattern) => {
      const started = performance.now();
      expect(failing(pattern)).toMatchObject({ code: 'invalid' });
      expect(performance.now() - started).toBeLessThan(1_000);
    },
  );
});

function failing(pattern: string): unknown {
  try {
    return fleet.select(pattern);
  } catch (thrown) {
    return thrown;
  }
}
