import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { JsonObject } from '../core/json.ts';
import { type Code, codeLine, codeMeaning, codePage } from './code-page.ts';

/** A log of SARIF 2.1.0 with one run; each code is a rule. `version`: runbook's own. */
export function sarifLog(diagnostics: readonly Diagnostic[], version: string): JsonObject {
  const codes = [...new Set(diagnostics.map(({ code }) => code))];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'runbook', version, rules: codes.map(rule) } },
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map((diagnostic) => result(diagnostic, codes)),
      },
    ],
  };
}

function rule(code: Code): JsonObject {
  const { kind, summary } = codeLine(code);
  const meaning = codeMeaning(code);
  return {
    id: code,
    shortDescription: { text: `${summary}.` },
    fullDescription: { text: meaning },
    help: { text: meaning, markdown: codePage(code) },
    defaultConfiguration: { level: kind === 'warning' ? 'warning' : 'error' },
  };
}

function result(diagnostic: Diagnostic, codes: readonly Code[]): JsonObject {
  const { code, severity, message, hint, file } = diagnostic;
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: severity,
    message: { text: hint === null ? message : `${message}\n${hint}` },
    locations: [{ physicalLocation: { artifactLocation: { uri: uri(file) }, ...region(diagnostic) } }],
  };
}

function region({ line, column, endColumn, source }: Diagnostic): JsonObject {
  if (line === null) return {};
  return {
    region: {
      startLine: line,
      ...(column === null ? {} : { startColumn: column }),
      ...(endColumn === null ? {} : { endColumn }),
      ...(source === null ? {} : { snippet: { text: source } }),
    },
  };
}

/** A relative path stays relative: its reader knows the folder. */
function uri(file: string): string {
  if (isAbsolute(file)) return pathToFileURL(file).href;
  return file
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .split('/')
    .map(encodeURIComponent)
    .join('/');
}
