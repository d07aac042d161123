/**
 * Loaded into the process of the API before anything else. The API runs with AUTH=none, and any page that is open in a browser
 * on this machine can send requests to 127.0.0.1: without this, a page could start and cancel tasks. Browsers name the page of
 * a request; curl and schedulers name none, and are accepted.
 *
 * It protects every server of the process: the one of `serverless offline` for the AWS SDK starts functions too.
 */
import http from 'node:http';

const OWN = ['none', 'same-origin'];
const LOCAL_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;

/** null: accept it. */
function problemOf({ headers }) {
  const { host, origin, referer, 'sec-fetch-site': site } = headers;
  // A page's own host name that resolves to 127.0.0.1 would make the page look like ours.
  if (host !== undefined && !LOCAL_HOST.test(host)) {
    return `The local stack answers at 127.0.0.1 and localhost, not at "${host.slice(0, 100)}". Use one of these names.`;
  }
  const isOwn = site === undefined || OWN.includes(site);
  if (isOwn && (origin === undefined || origin === `http://${host}`) && isOfHost(referer, host)) return null;
  return 'The local stack refuses calls from web pages of other sites, because it accepts every caller. Call it with curl or a client.';
}

/** For an image, older browsers name only its page. */
function isOfHost(referer, host) {
  return referer === undefined || `${referer}/`.startsWith(`http://${host}/`);
}

function refuse(problem, { url = '' }, response) {
  const time = new Date().toISOString().slice(0, 19).replace('T', ' ');
  const datas = { success: false, jobInstanceId: null, status: null, error: problem };
  // Clients of /openapi read only HTTP 200.
  response.writeHead(url.startsWith('/openapi') ? 200 : 403, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    connection: 'close',
  });
  response.end(JSON.stringify({ code: 1, msg: problem, data: null, datas, success: false, time }));
}

const WITH_RESPONSE = ['request', 'checkContinue', 'checkExpectation'];
const WITH_SOCKET = ['upgrade', 'connect'];

const emit = http.Server.prototype.emit;
http.Server.prototype.emit = function emitIfLocal(event, request, answer, ...rest) {
  const isAsked = WITH_RESPONSE.includes(event) || WITH_SOCKET.includes(event);
  const problem = isAsked ? problemOf(request) : null;
  if (problem === null) return emit.call(this, event, request, answer, ...rest);
  if (WITH_SOCKET.includes(event)) answer.destroy();
  else refuse(problem, request, answer);
  return true;
};
