import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  CompletionRequest,
  ConfigurationRequest,
  createProtocolConnection,
  DidOpenTextDocumentNotification,
  ExitNotification,
  HoverRequest,
  InitializedNotification,
  InitializeRequest,
  type MarkupContent,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  RegistrationRequest,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node.js';
import { checkout } from './cli.ts';

/** What an editor shows of a file at the place of a `|` in its text. */
export interface Shown {
  /** What is offered there: label -> the text that would stand there, with `$1` where the cursor goes. */
  readonly offers: ReadonlyMap<string, string>;
  /** Markdown; empty without any. */
  readonly hover: string;
  /** `line:column message`, from 1. */
  readonly complaints: readonly string[];
}

const require = createRequire(import.meta.url);
const server = require.resolve('yaml-language-server/out/server/src/server.js');
const settings = { validate: true, hover: true, completion: true, schemaStore: { enable: false } };

/** The YAML language server as editors start it, without a network. Close it. */
export class LanguageServer {
  readonly #child: ChildProcess;
  readonly #connection: ProtocolConnection;
  readonly #waiting = new Map<string, (complaints: readonly string[]) => void>();
  #files = 0;

  private constructor(child: ChildProcess, connection: ProtocolConnection) {
    this.#child = child;
    this.#connection = connection;
  }

  static async start(): Promise<LanguageServer> {
    const child = spawn(process.execPath, [server, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const connection = createProtocolConnection(
      new StreamMessageReader(child.stdout),
      new StreamMessageWriter(child.stdin),
    );
    const made = new LanguageServer(child, connection);
    connection.onRequest(ConfigurationRequest.type, ({ items }) =>
      items.map(({ section }) => (section === 'yaml' ? settings : null)),
    );
    connection.onRequest(RegistrationRequest.type, () => undefined);
    connection.onNotification(PublishDiagnosticsNotification.type, ({ uri, diagnostics }) =>
      made.#waiting.get(uri)?.(
        diagnostics.map(({ range, message }) => `${range.start.line + 1}:${range.start.character + 1} ${message}`),
      ),
    );
    connection.listen();
    const textDocument = {
      completion: { completionItem: { snippetSupport: true } },
      hover: { contentFormat: ['markdown' as const] },
    };
    const capabilities = { workspace: { configuration: true }, textDocument };
    await connection.sendRequest(InitializeRequest.type, { processId: process.pid, rootUri: null, capabilities });
    await connection.sendNotification(InitializedNotification.type, {});
    return made;
  }

  /** Opens a text whose first line names a file of `schemas/`, and looks at where the `|` is. */
  async show(schema: string, marked: string): Promise<Shown> {
    const uri = `file:///nowhere/${++this.#files}.yml`;
    const complaints = new Promise<readonly string[]>((resolve) => this.#waiting.set(uri, resolve));
    const before = marked.slice(0, marked.indexOf('|')).split('\n');
    const position = { line: before.length, character: before.at(-1)?.length ?? 0 };
    const modeline = `# yaml-language-server: $schema=${pathToFileURL(join(checkout, 'schemas', schema))}`;
    const text = `${modeline}\n${marked.replace('|', '')}`;
    await this.#connection.sendNotification(DidOpenTextDocumentNotification.type, {
      textDocument: { uri, languageId: 'yaml', version: 1, text },
    });
    const at = { textDocument: { uri }, position };
    const [offered, hover] = await Promise.all([
      this.#connection.sendRequest(CompletionRequest.type, at),
      this.#connection.sendRequest(HoverRequest.type, at),
    ]);
    const items = Array.isArray(offered) ? offered : (offered?.items ?? []);
    return {
      offers: new Map(
        items.map(({ label, textEdit, insertText }) => [label, textEdit?.newText ?? insertText ?? label]),
      ),
      hover: (hover?.contents as MarkupContent | undefined)?.value ?? '',
      complaints: await complaints,
    };
  }

  async close(): Promise<void> {
    const ended = once(this.#child, 'exit');
    await this.#connection.sendRequest(ShutdownRequest.type);
    await this.#connection.sendNotification(ExitNotification.type);
    await ended;
    this.#connection.dispose();
  }
}
