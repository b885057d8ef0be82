import type { ErrorObject } from 'ajv/dist/2020.js';
import type { ProblemCode } from '../core/codes/problem-codes.ts';
import { sshClients } from '../core/connection-variables.ts';
import type { JsonObject } from '../core/json.ts';
import { didYouMean } from '../core/nearest.ts';
import { projectSettings } from './project-settings.ts';
import { projectValidator } from './project-validator.ts';

export interface SettingFault {
  readonly code: ProblemCode;
  readonly message: string;
  readonly hint?: string;
}

/** The first of the settings that their schema refuses, and what is wrong with it. */
export function settingFault(settings: JsonObject): readonly [key: string, SettingFault] | undefined {
  const validate = projectValidator();
  if (validate(settings)) return undefined;
  const refused = new Set(validate.errors?.map(keyOf));
  const key = Object.keys(settings).find((one) => refused.has(one)) ?? '';
  return [key, isSetting(key) ? { code: 'wrong-type', message: `"${key}" must be ${words[key]}` } : unknown(key)];
}

function keyOf({ instancePath, params }: ErrorObject): string {
  return instancePath.split('/')[1] ?? String(params.additionalProperty);
}

type Setting = keyof typeof projectSettings;

function isSetting(key: string): key is Setting {
  return Object.hasOwn(projectSettings, key);
}

function unknown(key: string): SettingFault {
  const known = Object.keys(projectSettings);
  const hint = didYouMean(key, known) ?? `Known: ${known.join(', ')}.`;
  return { code: 'unknown-key', message: `unknown setting "${key}"`, hint };
}

/** What each must be, as its schema says it. */
const words: Readonly<Record<Setting, string>> = {
  inventory: 'a path, or a list of paths',
  records: 'a path',
  forks: 'a whole number above 0',
  require_signature: 'a path',
  ssh: sshClients.join(' or '),
  secrets: 'a map of "recipients" and "identities", each a list',
  vault_password_file: 'a path',
};
