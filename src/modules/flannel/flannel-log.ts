import { type Row, row, short, type View } from './flannel-view.ts';

const beginning = 'Found network config - Backend type';
const vain = "Couldn't fetch network config";
const troubles = [
  'Error fetching backend',
  'Error registering network',
  'Error adding route',
  'failed to add vxlanRoute',
  'not compatible with current config, deleting',
  'Lease has been revoked',
  'panic:',
];

/** The row goes by lines with one of these: a log may be long, and no line of it that counts is left out. */
export const tellingWords: readonly string[] = [beginning, vain, ...troubles];

/** What this process wrote since it found its config; before that, only a config that it never found. */
export function logRow({ facts, settings }: View): Row {
  const lines = facts.log ?? [];
  const found = lines.findLastIndex((line) => line.includes(beginning));
  const waiting = lines.findLast((line) => line.includes(vain));
  if (found === -1 && waiting !== undefined) return row('log', [message(waiting)], '');
  const type = /Backend type: *(\S+)/.exec(lines[found] ?? '')?.[1]?.toLowerCase();
  const wanted = settings.model === 'host-gw' ? 'host-gw' : 'vxlan';
  const bad = lines.slice(found + 1).find((line) => troubles.some((text) => line.includes(text)));
  const wrong = [
    ...(type !== undefined && type !== wanted ? [`it found a config of type ${short(type)}`] : []),
    ...(bad === undefined ? [] : [message(bad)]),
  ];
  return row('log', wrong, type === undefined ? 'its start is not in it any more' : `found ${type}`);
}

function message(line: string): string {
  return short(line.replace(/^[IWEF]\d{4} \S+ +\d+ [^\]]*\] /, ''));
}
