import { jobManager } from '../../../lib/adapters/flink/job-manager.ts';
import { foreignServerContract } from '../../contracts/foreign-server.contract.ts';
import { BareServers } from '../../fakes/bare-servers.ts';

const FORMS: Readonly<Record<string, string>> = {
  'a page': '<html>Not found</html>',
  'a list of objects': '{"errors":[{"status":"404"}]}',
  'a text': '{"error":"Not found"}',
  'an empty body': '',
};

for (const [form, body] of Object.entries(FORMS)) {
  foreignServerContract(form, async () => {
    const servers = new BareServers();
    const head = `HTTP/1.1 404 Not Found\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n`;
    const address = await servers.serve((socket) => void socket.once('data', () => socket.end(head + body)));
    return { jobManager: jobManager(), address, close: () => servers.close() };
  });
}
