import { isMap } from 'yaml';
import { type Json, stableJson } from '../../core/json.ts';
import { printable } from '../../core/printable.ts';
import type { ThingState } from './states.ts';
import { yamlDocument, yamlText } from './yaml-text.ts';

/** The states of all things as YAML: machine, module, key. `null` is: absent. */
export function statesYaml(things: readonly ThingState[], which: 'before' | 'after'): string {
  const document = yamlDocument({});
  document.commentBefore =
    which === 'before' ? ' What the run found. null: absent.' : ' What the run left, as read last. null: absent.';
  for (const thing of things) {
    const { on, module, key } = thing;
    const state = thing[which];
    if (state === undefined) continue;
    if (!isMap(document.get(on))) document.set(on, document.createNode({}));
    if (!document.hasIn([on, module])) document.setIn([on, module], document.createNode({}));
    document.setIn(
      [on, module, key],
      document.createNode(JSON.parse(stableJson(state)) as Json, { aliasDuplicateObjects: false }),
    );
  }
  if (which === 'after') document.comment = afterNotes(things).join('\n');
  return yamlText(document);
}

function afterNotes(things: readonly ThingState[]): readonly string[] {
  return things.flatMap(({ on, module, key, after, readOnce }) => {
    const what = ` ${printable(`${on}: ${module} ${key}`, 400)}`;
    if (after === undefined) return [`${what}: not known, see README.md`];
    return readOnce ? [`${what}: not read again`] : [];
  });
}
