/** Every /openapi answer: HTTP 200, JSON, `{code, msg, data, success, time}` (contract.md, "Every answer"). */
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { withoutTaskNumber } from '../domain/definition/described-task.ts';
import type { ErrorCode } from '../domain/errors.ts';
import { wireTime } from '../domain/time.ts';

/** The result of a route. `success: false` with data: a run was recorded, and it failed. */
export interface Answer {
  readonly success: boolean;
  readonly msg: string;
  readonly data: unknown;
  /** The code of a refusal, for clients that distinguish them. */
  readonly errorCode?: ErrorCode;
  /** More fields of the envelope, for a call that has its own. */
  readonly beside?: Readonly<Record<string, unknown>>;
  /** Only for the log line. */
  readonly logged?: Readonly<Record<string, unknown>>;
  /** The answer has no envelope. */
  readonly bare?: object;
}

export interface EnvelopeOptions {
  readonly requestId: string;
  readonly now: number;
  readonly timeZone: string;
  /** Clients of Dinky 0.x read `datas`, those of 1.x `data`. */
  readonly bothDialects: boolean;
}

export function toEnvelope(answer: Answer, options: EnvelopeOptions): APIGatewayProxyStructuredResultV2 {
  const { success, data, errorCode, beside } = answer;
  const msg = / task -\d/i.test(` ${answer.msg}`) ? withoutTaskNumber(answer.msg) : answer.msg;
  const time = wireTime(options.now, options.timeZone);
  const datas = options.bothDialects ? { datas: data ?? nothingToShow(success, msg) } : {};
  return {
    statusCode: 200,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-request-id': options.requestId,
      ...(errorCode === undefined ? {} : { 'x-error-code': errorCode }),
    },
    body: JSON.stringify(answer.bare ?? { code: success ? 0 : 1, msg, data, ...datas, ...beside, success, time }),
  };
}

/** A 0.x client always reads `datas`, and crashes on null. */
function nothingToShow(success: boolean, msg: string): object {
  return { success, jobInstanceId: null, status: null, error: success ? null : msg };
}
