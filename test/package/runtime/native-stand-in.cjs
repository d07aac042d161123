/**
 * Loaded before AWS's runtime client where its native part is not compiled: the same four calls of the Runtime API, over
 * node:http. Everything else of the client (loading the handler, the context, errors, logs) stays AWS's.
 */
const http = require('node:http');
const Module = require('node:module');
const { basename, join } = require('node:path');

const NATIVE_PART = 'rapid-client.node';
const [hostname, port] = (process.env.AWS_LAMBDA_RUNTIME_API ?? '').split(':');
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function send(method, path, body, headers) {
  return new Promise((resolve, reject) => {
    const options = { hostname, port, agent, method, path: join('/2018-06-01/runtime/invocation', path), headers };
    const request = http.request(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part) => (text += part));
      response.on('end', () => resolve({ bodyJson: text, headers: response.headers }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** The native part blocks until a reply is sent; here the next call waits for it. */
let sent = Promise.resolve();

const standIn = {
  next: () => sent.then(() => send('GET', 'next')),
  done: (id, body) => void (sent = send('POST', `${id}/response`, body)),
  error: (id, body) => void (sent = send('POST', `${id}/error`, body)),
};

const resolve = Module._resolveFilename;
Module._resolveFilename = function (name, ...rest) {
  return basename(name) === NATIVE_PART ? NATIVE_PART : resolve.call(this, name, ...rest);
};
Module._cache[NATIVE_PART] = Object.assign(new Module(NATIVE_PART), { exports: standIn, loaded: true });
