import { request } from 'node:http';

/** A program as supervisord knows it; `pid` is 0 when it does not run. */
export interface Program {
  name: string;
  state: string;
  pid: number;
}

const question = '<?xml version="1.0"?><methodCall><methodName>supervisor.getAllProcessInfo</methodName></methodCall>';

/** Asks a supervisord for its programs, sorted by name; undefined when it does not answer. A `supervisorctl` would take 0.3 s for it. */
export function supervisedPrograms(socketPath: string): Promise<Program[] | undefined> {
  return new Promise((resolve) => {
    const headers = { 'Content-Type': 'text/xml', 'Content-Length': question.length };
    const sent = request({ socketPath, path: '/RPC2', method: 'POST', headers, timeout: 5000 }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(response.statusCode === 200 ? parsePrograms(text) : undefined));
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(undefined));
    sent.end(question);
  });
}

/** The programs in an answer of supervisord, sorted by name. */
export function parsePrograms(xml: string): Program[] {
  const programs = [...xml.matchAll(/<struct>(.*?)<\/struct>/gs)].map((match) => {
    const member = (name: string): string => {
      const pattern = new RegExp(`<name>${name}</name>\\s*<value><(?:string|int|i4)>([^<]*)<`);
      return pattern.exec(match[1] ?? '')?.[1] ?? '';
    };
    return { name: member('name'), state: member('statename'), pid: Number(member('pid')) };
  });
  return programs.sort((one, other) => (one.name < other.name ? -1 : 1));
}
