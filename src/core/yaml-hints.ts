import { noMergeKeys, sameKey, unsafeBraces, type YamlFault } from './yaml-fault.ts';

const quoteTemplates = 'Quote the template: "{{ ... }}". Without quotes YAML reads {{ as the start of a map.';

/** The fault with what to do about it, as far as that can be known. */
export function hinted(fault: YamlFault, text: string): YamlFault {
  const line = text.slice(text.lastIndexOf('\n', fault.start - 1) + 1).split('\n', 1)[0] ?? '';
  const hint = hintFor(fault, line);
  const message = fault.message.charAt(0).toLowerCase() + fault.message.slice(1);
  return { ...fault, message, ...(hint === undefined ? {} : { hint }) };
}

function hintFor({ code, message }: YamlFault, line: string): string | undefined {
  if (message === noMergeKeys) return 'Write the keys out, or use an anchor for the whole value.';
  if (message === unsafeBraces) return 'Remove the tag, and write {{ "{{" }} for two braces.';
  if (code === 'unquoted-template' || (/(^|[\s:[,{-])\{\{/.test(line) && !/["'][^"']*\{\{/.test(line)))
    return quoteTemplates;
  if (/Unresolved tag: !vault/.test(message))
    return 'Only in playbooks, inventories and files of variables values are decrypted.';
  if (/Unresolved tag/.test(message)) return 'Remove the tag, or quote the text if it is meant to begin with "!".';
  if (/Tabs are not allowed/.test(message)) return 'Indent with spaces.';
  if (message === sameKey) return 'Remove one of them. An entry of a list of its own begins with "- ".';
  if (/^there is no anchor/.test(message))
    return 'Write the & before the value that is meant, or quote a text that begins with *.';
  if (/more than one document/.test(message)) return 'Remove the "---" between them, or make two files of it.';
  if (/stands inside of what it repeats/.test(message)) return 'Write the value out there.';
  if (/Nested mappings/.test(message)) return 'Quote a value that holds ": ".';
  if (/between flow (?:sequence|map) items$|^Unexpected flow-(?:seq|map)-start at node end/i.test(message))
    return 'Quote a text with brackets, braces or commas in it.';
  if (/Plain value cannot start/.test(message)) return 'Quote the value.';
  return undefined;
}
