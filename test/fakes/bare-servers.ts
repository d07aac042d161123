import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** Servers of bare sockets: what they do with a connection is the test's. `close` them after each test. */
export class BareServers {
  readonly servers: Server[] = [];
  /** Every connection that came, in order. */
  readonly sockets: Socket[] = [];

  /** Its origin, "http://127.0.0.1:40123". */
  async serve(onConnection: (socket: Socket) => void): Promise<string> {
    const server = createServer((socket) => {
      this.sockets.push(socket);
      socket.on('error', () => undefined);
      onConnection(socket);
    });
    this.servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  close(): void {
    for (const socket of this.sockets.splice(0)) socket.destroy();
    for (const server of this.servers.splice(0)) server.close();
  }
}
