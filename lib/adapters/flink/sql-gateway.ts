/** Flink's SQL gateway over its REST interface (flink-rest.md section 1). Paths without a version go to the newest one served. */
import { AppError } from '../../domain/errors.ts';
import type { GatewaySession, SqlGateway } from '../../domain/ports.ts';
import type { Cell } from '../../domain/results/cell.ts';
import type { ResultPage } from '../../domain/results/result-page.ts';
import { deployError, gatewayError } from './errors.ts';
import { foreignReply, isFlinkError } from './foreign-reply.ts';
import { type HttpReply, sendHttp } from './http.ts';
import {
  deployedSchema,
  infoSchema,
  operationSchema,
  readAs,
  resultSchema,
  type RowKind,
  sessionSchema,
} from './wire.ts';

/** Opening a session loads catalogs; a first statement loads the planner. Both are cut by the budget anyway. */
const PATIENT_MS = 60_000;
const QUICK_MS = 10_000;
const OPEN_TRIES = 2;
/** The first version of the interface that takes scripts: Flink 2.0. */
const SCRIPTS_SINCE = 'v4';

const OPS: Readonly<Record<RowKind, Cell['op']>> = {
  INSERT: '+I',
  UPDATE_BEFORE: '-U',
  UPDATE_AFTER: '+U',
  DELETE: '-D',
};

export function sqlGateway(): SqlGateway {
  const versions = new Map<string, string>();
  return {
    // A gateway keeps its version while it runs, so a process asks once.
    version: async (gatewayUrl, signal) => {
      const version = versions.get(gatewayUrl) ?? (await askVersion(gatewayUrl, signal));
      versions.set(gatewayUrl, version);
      return version;
    },
    open: (gatewayUrl, properties, signal) => open(baseOf(gatewayUrl), properties, signal, OPEN_TRIES),
  };
}

async function askVersion(gatewayUrl: string, signal: AbortSignal): Promise<string> {
  const url = `${baseOf(gatewayUrl)}/info`;
  const reply = await sendHttp({ method: 'GET', url, timeoutMs: QUICK_MS, signal });
  const from = where(url);
  return readAs(infoSchema, okText(reply, from), from).version;
}

/** A session nobody uses costs the gateway little, so a lost reply may be asked again. */
async function open(
  base: string,
  properties: Readonly<Record<string, string>>,
  signal: AbortSignal,
  tries: number,
): Promise<GatewaySession> {
  const url = `${base}/sessions`;
  try {
    const body = { properties };
    const reply = await sendHttp({ method: 'POST', url, body, repeatable: true, timeoutMs: PATIENT_MS, signal });
    const from = where(url);
    return session(base, readAs(sessionSchema, okText(reply, from), from).sessionHandle, from);
  } catch (error) {
    if (tries > 1 && error instanceof AppError && error.code === 'flink.noReply') {
      return await open(base, properties, signal, tries - 1);
    }
    throw error;
  }
}

function session(base: string, handle: string, from: string): GatewaySession {
  const url = `${base}/sessions/${handle}`;
  return {
    configure: async (sql, signal) => {
      const at = `${url}/configure-session`;
      const body = { statement: sql };
      okText(await sendHttp({ method: 'POST', url: at, body, timeoutMs: PATIENT_MS, signal }), from);
    },
    start: async (sql, executionConfig, signal) => {
      const at = `${url}/statements`;
      const body = { statement: sql, executionConfig };
      const reply = await sendHttp({ method: 'POST', url: at, body, timeoutMs: PATIENT_MS, signal });
      return readAs(operationSchema, okText(reply, from), from).operationHandle;
    },
    deploy: async (script, executionConfig, signal) => {
      const at = `${base}/${SCRIPTS_SINCE}/sessions/${handle}/scripts`;
      const body = { script, executionConfig };
      const reply = await sendHttp({ method: 'POST', url: at, body, timeoutMs: PATIENT_MS, signal });
      return readAs(deployedSchema, deployedText(reply, from), from).clusterID;
    },
    fetch: async (operation, token, signal) => {
      const at = `${url}/operations/${operation}/result/${token}?rowFormat=PLAIN_TEXT`;
      const reply = await sendHttp({ method: 'GET', url: at, timeoutMs: PATIENT_MS, signal });
      return toPage(okText(reply, from), from);
    },
    close: async (signal) => {
      okText(await sendHttp({ method: 'DELETE', url, timeoutMs: QUICK_MS, signal }), from);
    },
  };
}

export function toPage(text: string, from: string): ResultPage {
  const reply = readAs(resultSchema, text, from);
  const kind = ({ NOT_READY: 'notReady', PAYLOAD: 'page', EOS: 'end' } as const)[reply.resultType];
  return {
    kind,
    jobId: reply.jobID ?? null,
    columns: reply.results?.columns.map((column) => column.name) ?? [],
    rows: reply.results?.data.map((row) => ({ op: OPS[row.kind], fields: row.fields })) ?? [],
  };
}

/** `from`: which gateway, for messages. */
function okText(reply: HttpReply, from: string): string {
  if (reply.status === 200) return reply.text;
  if (isFlinkError(reply)) throw gatewayError(reply.text);
  throw foreignReply(from, reply, "Flink's SQL gateway");
}

function deployedText(reply: HttpReply, from: string): string {
  if (reply.status === 200 || !isFlinkError(reply)) return okText(reply, from);
  throw deployError(reply.status, reply.text);
}

function where(url: string): string {
  return `SQL gateway ${new URL(url).host}`;
}

function baseOf(gatewayUrl: string): string {
  return gatewayUrl.replace(/\/+$/, '');
}
