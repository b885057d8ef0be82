import type { Way } from '../../core/way.ts';
import { type RuleLine, ruleLine } from '../rules/ip-rule-line.ts';
import { covers, familyOf, mayBeSameTable, sameTable } from './ways.ts';

/** Where the kernel's own rule looks into the table main. */
const mainPriority = 32766;

/** Why the rules of a family (words for `ip rule add`), once they are `after`, send a way to another table. Undefined: they do not. */
export function cutByRules(
  way: Way,
  family: 4 | 6,
  before: readonly string[],
  after: readonly string[],
): string | undefined {
  if (familyOf(way) !== family) return undefined;
  const choosing = (lines: readonly string[], others: readonly string[]) =>
    lines
      .filter((words) => !others.includes(words))
      .map(ruleLine)
      .filter((rule) => concerns(rule, way));
  const [gone, come] = [choosing(before, after), choosing(after, before)];
  const sends = come.find((rule) => !keeps(rule, way) && isAsked(rule, way));
  if (sends !== undefined)
    return `the rule "${sends.words}" would decide about it, which is taken from table ${way.table}`;
  const lost = come.some((rule) => keeps(rule, way))
    ? undefined
    : gone.find((rule) => keeps(rule, way, mayBeSameTable));
  return lost === undefined ? undefined : `the rule "${lost.words}" goes, by which it is taken from table ${way.table}`;
}

/** May the rule select what the host sends on this way? */
function concerns({ selectors }: RuleLine, way: Way): boolean {
  const answers = [...selectors].filter(([name]) => name !== 'not').map(([name, value]) => fits(name, value, way));
  if (selectors.has('not')) return answers.some((answer) => answer !== true);
  return answers.every((answer) => answer !== false);
}

/** Undefined: ports, users and the like are not known. */
function fits(name: string, value: string, { from, to }: Way): boolean | undefined {
  if (name === 'from') return covers(value, from);
  if (name === 'to') return covers(value, to);
  if (name === 'iif') return value === 'lo'; // by which comes in what the host itself sends
  if (name === 'fwmark') return Number(value.split('/')[0]) === 0;
  return name === 'oif' || name === 'l3mdev' ? false : undefined;
}

function keeps({ action }: RuleLine, { table }: Way, same = sameTable): boolean {
  return same(action.get('lookup') ?? '', table);
}

/** A rule behind the one that decides now is not reached. */
function isAsked({ priority }: RuleLine, { table }: Way): boolean {
  return !sameTable(table, 'main') || priority === undefined || priority < mainPriority;
}
