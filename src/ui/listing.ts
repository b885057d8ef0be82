import { type Play, sections } from '../core/play.ts';
import { printable } from '../core/printable.ts';

/** What of each play is listed. */
export interface Listed {
  readonly hosts: boolean;
  readonly tasks: boolean;
  readonly tags: boolean;
}

/** Plays with their hosts, tasks in their order and tags: what would be played, as it was chosen. */
export function renderListing(plays: readonly Play[], listed: Listed): string {
  const lines = plays.flatMap((play) => [
    printable(play.name, 200),
    ...(listed.hosts
      ? [`  hosts (${play.hosts.length})`, ...play.hosts.map((host) => `    ${printable(host, 255)}`)]
      : []),
    ...(listed.tasks ? taskLines(play) : []),
    ...(listed.tags ? [`  tags  ${tagsIn(play).join(', ') || 'none'}`] : []),
  ]);
  return `${lines.join('\n')}\n`;
}

function taskLines({ tasks }: Play): string[] {
  const parts = sections.map((section) => [section, tasks.filter((task) => task.section === section)] as const);
  return parts
    .filter(([, own]) => own.length > 0)
    .flatMap(([section, own]) => [
      `  ${section}`,
      ...own.map(({ name, module, tags = [], handler, within = [] }) => {
        const isHandler = handler === undefined ? '' : 'if notified: ';
        const more = tags.length === 0 ? '' : `  [${printable(tags.join(', '), 200)}]`;
        return `    ${'  '.repeat(within.length)}${isHandler}${module.name}: ${printable(name, 200)}${more}`;
      }),
    ]);
}

function tagsIn({ tasks }: Play): string[] {
  return [...new Set(tasks.flatMap(({ tags = [] }) => tags))].toSorted().map((tag) => printable(tag, 100));
}
