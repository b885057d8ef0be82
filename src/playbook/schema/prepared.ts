import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { JsonSchema } from '../../core/module.ts';

/**
 * What the build has made of a schema of the program's own (`scripts/validators.js` stands in its place there); undefined: it is compiled when
 * it is needed, as everywhere but in what is built.
 */
export const preparedValidator: (schema: JsonSchema) => ValidateFunction | undefined = () => undefined;
