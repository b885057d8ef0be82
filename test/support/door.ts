import { connect, createServer, type Server } from 'node:net';

/** Stands for every host of the inventory: counts who knocks, and lets nobody in. */
export class Door {
  readonly #server: Server;
  #knocks = 0;

  constructor() {
    this.#server = createServer((socket) => {
      this.#knocks += 1;
      socket.on('error', () => undefined);
      socket.resume().end('SSH-1.0-nobody\r\n');
    });
  }

  open(): Promise<void> {
    return new Promise((done) => this.#server.listen(0, '127.0.0.1', done));
  }

  close(): Promise<void> {
    return new Promise((done) => this.#server.close(() => done()));
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** How often others have knocked. Connections are taken in the order in which they are made, so that ours comes after them all. */
  async knocks(): Promise<number> {
    await new Promise<void>((done, fail) => {
      const own = connect(this.port, '127.0.0.1').resume();
      own.once('close', () => done());
      own.once('error', fail);
    });
    this.#knocks -= 1;
    return this.#knocks;
  }
}
