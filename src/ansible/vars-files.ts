import { isJsonObject, type Json } from '../core/json.ts';
import { readYaml } from '../core/yaml.ts';
import type { Context } from './context.ts';

/** The names that files of variables bring; undefined: one of them cannot be read, and may bring any. */
export function namesInFiles(files: Json, { read }: Pick<Context, 'read'>): readonly string[] | undefined {
  const names: string[] = [];
  for (const file of files === null ? [] : [files].flat()) {
    const text = typeof file === 'string' && !file.includes('{{') ? read(file) : undefined;
    const { value, faults } = readYaml(text ?? '', { dialect: 'ansible' });
    if (text === undefined || faults.length > 0 || !(isJsonObject(value) || value === null)) return undefined;
    names.push(...Object.keys(value ?? {}));
  }
  return names;
}
