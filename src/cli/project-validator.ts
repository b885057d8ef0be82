import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { ajvOptions } from '../playbook/schema/schema-errors.ts';
import { projectSchema } from './project-settings.ts';

const compiled = new Ajv2020(ajvOptions).compile(projectSchema());

/**
 * Holds `runbook.yml` to its schema. Only in the sources it is compiled at the start: what is built has its code (`scripts/validators.js` puts it
 * in the place of this file), since every command reads the settings.
 */
export const projectValidator: () => ValidateFunction = () => compiled;
