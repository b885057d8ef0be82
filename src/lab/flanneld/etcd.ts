import { Agent, request } from 'node:http';

/** A key's value and what etcd knows of it. `expiration` is null for a key without a time to live. */
export interface EtcdNode {
  key: string;
  value: string;
  modifiedIndex: number;
  expiration: string | null;
}

/** What happened to a key. */
export interface Change {
  action: string;
  node: EtcdNode;
}

/** An answer of etcd that is not the one asked for: 100 is a key that is not there, 105 one that is, 401 a history that is cleared. */
export class EtcdError extends Error {
  readonly errorCode: number;
  /** The index of the store, where it was told. */
  readonly index: number;
  constructor(errorCode: number, message: string, index: number) {
    super(message);
    this.errorCode = errorCode;
    this.index = index;
  }
}

interface Answer {
  index: number;
  body: { action?: string; node?: RawNode; errorCode?: number; message?: string; cause?: string; index?: number };
}

interface RawNode {
  key?: string;
  value?: string;
  modifiedIndex?: number;
  expiration?: string;
  nodes?: RawNode[];
}

/** A client for etcd's v2 API: each call asks the endpoints in turn until one answers. Its calls throw {@link EtcdError}, or Error when none answers. */
export function etcdClient(endpoints: readonly string[]) {
  const agent = new Agent({ keepAlive: true });

  async function call(method: string, path: string, form?: Record<string, string>, timeoutMs = 5000): Promise<Answer> {
    const said: string[] = [];
    for (const endpoint of endpoints) {
      try {
        return await once(agent, method, `${endpoint.replace(/\/$/, '')}/v2/keys${path}`, form, timeoutMs);
      } catch (error) {
        if (error instanceof EtcdError) throw error;
        said.push((error as Error).message);
      }
    }
    const errors = said.map((words, index) => `error #${index}: ${words}`).join('\n; ');
    throw new Error(`client: etcd cluster is unavailable or misconfigured; ${errors}`);
  }

  return {
    get: async (key: string): Promise<EtcdNode> => nodeOf((await call('GET', `${key}?quorum=true`)).body.node),

    /** The keys of a directory, and the index that they are the state of. */
    list: async (directory: string): Promise<{ nodes: EtcdNode[]; index: number }> => {
      try {
        const { index, body } = await call('GET', `${directory}?quorum=true&recursive=true`);
        return { nodes: (body.node?.nodes ?? []).map(nodeOf), index };
      } catch (error) {
        if (error instanceof EtcdError && error.errorCode === 100) return { nodes: [], index: error.index };
        throw error;
      }
    },

    /** Writes a key, anew unless `how` says that there must be none. Seconds of 0 mean: no end. */
    put: async (key: string, value: string, seconds: number, how: 'create' | 'set'): Promise<EtcdNode> => {
      const query = how === 'create' ? '?prevExist=false' : '';
      const { body } = await call('PUT', `${key}${query}`, { value, ttl: seconds === 0 ? '' : `${seconds}` });
      return nodeOf(body.node);
    },

    remove: async (key: string): Promise<void> => {
      await call('DELETE', key);
    },

    /** Waits for the first change under a directory from this index on. */
    watch: async (directory: string, fromIndex: number): Promise<Change> => {
      const { body } = await call('GET', `${directory}?wait=true&recursive=true&waitIndex=${fromIndex}`, undefined, 0);
      return { action: body.action ?? '', node: nodeOf(body.node) };
    },
  };
}

export type EtcdClient = ReturnType<typeof etcdClient>;

function once(
  agent: Agent,
  method: string,
  url: string,
  form: Record<string, string> | undefined,
  timeoutMs: number,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = form ? { 'Content-Type': 'application/x-www-form-urlencoded' } : {};
    const sent = request(url, { method, agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => {
        const index = Number(response.headers['x-etcd-index'] ?? 0);
        if (text === '') return reject(new Error('unexpected end of JSON input'));
        try {
          resolve(judged(index, JSON.parse(text) as Answer['body']));
        } catch (error) {
          reject(error);
        }
      });
    });
    if (timeoutMs > 0)
      sent.setTimeout(timeoutMs, () => sent.destroy(new Error('net/http: request canceled (Client.Timeout exceeded)')));
    sent.on('socket', (socket) => socket.setKeepAlive(true, 30_000));
    sent.on('error', (error: NodeJS.ErrnoException) => {
      const { host } = new URL(url);
      reject(error.code === 'ECONNREFUSED' ? new Error(`dial tcp ${host}: connect: connection refused`) : error);
    });
    sent.end(form ? new URLSearchParams(form).toString() : undefined);
  });
}

function judged(index: number, body: Answer['body']): Answer {
  if (body.errorCode === undefined) return { index, body };
  const at = body.index ?? index;
  throw new EtcdError(body.errorCode, `${body.errorCode}: ${body.message} (${body.cause}) [${at}]`, at);
}

function nodeOf(raw: RawNode | undefined): EtcdNode {
  return {
    key: raw?.key ?? '',
    value: raw?.value ?? '',
    modifiedIndex: raw?.modifiedIndex ?? 0,
    expiration: raw?.expiration ?? null,
  };
}
