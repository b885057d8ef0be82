import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Finding } from '../core/finding.ts';
import type { JsonObject } from '../core/json.ts';

/** A log of SARIF 2.1.0 with one run; each code is a rule. `version`: runbook's own. */
export function sarifLog(findings: readonly Finding[], version: string): JsonObject {
  const codes = [...new Set(findings.map(({ code }) => code))];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'runbook', version, rules: codes.map((id) => ({ id })) } },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => result(finding, codes)),
      },
    ],
  };
}

function result(finding: Finding, codes: readonly string[]): JsonObject {
  const { code, severity, message, hint, file } = finding;
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: severity,
    message: { text: hint === null ? message : `${message}\n${hint}` },
    locations: [{ physicalLocation: { artifactLocation: { uri: uri(file) }, ...region(finding) } }],
  };
}

function region({ line, column, endColumn, source }: Finding): JsonObject {
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
