/** A TCP proxy whose connections can be left dead, as a NAT gateway or a server that was restarted leaves them. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export class TcpProxy {
  readonly #server: Server;
  readonly #target: number;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  /** How many connections were made so far. */
  connections = 0;

  private constructor(targetPort: number) {
    this.#target = targetPort;
    this.#server = createServer((socket) => this.#join(socket));
  }

  static async start(targetPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Those that there are now are closed. */
  close(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
  }

  /** Those that there are now take what is sent and bring nothing any more; nobody is told. */
  silence(): void {
    for (const [from, to] of this.#pairs) {
      from.unpipe(to);
      to.unpipe(from);
      from.resume();
    }
  }

  stop(): void {
    this.close();
    this.#server.close();
  }

  #join(from: Socket): void {
    this.connections += 1;
    const to = connect(this.#target, '127.0.0.1');
    const pair = [from, to] as const;
    this.#pairs.add(pair);
    from.pipe(to).pipe(from);
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
  }
}
