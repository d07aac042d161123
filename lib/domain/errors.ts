/**
 * The one error class and the one table of codes.
 *
 * A code is `area.problem`. The message is written for the caller: it names the thing, the value seen and what
 * to do next. On /openapi every one of them is answered with HTTP 200, `code: 1` (contract.md, "Every answer").
 */

interface CodeFacts {
  /** May the same request succeed later without a change by the caller? */
  readonly retryable: boolean;
  /** The deployment, AWS or Dinghy has a problem, with any request: the operator must know. */
  readonly ofDeployment: boolean;
}

const FINAL: CodeFacts = { retryable: false, ofDeployment: false };
const LATER: CodeFacts = { retryable: true, ofDeployment: false };
const FAULT: CodeFacts = { retryable: false, ofDeployment: true };
const FAULT_FOR_NOW: CodeFacts = { retryable: true, ofDeployment: true };

export const ERROR_CODES = {
  'request.invalid': FINAL,
  'request.unauthorized': FINAL,
  /** The caller is known, and may not do this. */
  'request.forbidden': FINAL,
  'request.notFound': FINAL,
  'request.keyReused': FINAL,
  'definition.invalid': FINAL,
  'task.notFound': FINAL,
  'task.invalid': FINAL,
  'cluster.notFound': FINAL,
  'cluster.invalid': FINAL,
  'run.notFound': FINAL,
  'run.conflict': LATER,
  'run.tooMany': LATER,
  /** Clients read the number of a run as a Java Integer: there is no further one. */
  'run.numbersExhausted': FINAL,
  'sql.empty': FINAL,
  'sql.syntax': FINAL,
  'sql.refused': FINAL,
  'sql.tooLarge': FINAL,
  'variable.missing': FINAL,
  'variable.cycle': FINAL,
  /** A value of the request that may not stand where the text has it. */
  'variable.refused': FINAL,
  'secret.notFound': FINAL,
  /** It is there, or may be, but must not or cannot be read: permissions, encryption, a store that is switched off. */
  'secret.refused': FINAL,
  'secret.unavailable': FAULT_FOR_NOW,
  'config.refused': FINAL,
  'config.invalid': FAULT,
  /** No connection came about: not a byte was sent. */
  'flink.unreachable': LATER,
  /** The request may have been delivered; what became of it is not known. */
  'flink.noReply': LATER,
  /** Something answered that does not speak Flink's REST, or not this part of it. */
  'flink.protocol': LATER,
  /** Flink's SQL refused the statement: nothing was started, and never will be by this text. */
  'flink.rejected': FINAL,
  /** A job with this id exists, existed or is just arriving. */
  'flink.duplicate': FINAL,
  /** Flink answered with an error that does not say whether anything was started. */
  'flink.failed': LATER,
  /** The JobManager refused the job because of its own settings. Ask whether it knows the job all the same. */
  'flink.planRefused': FINAL,
  /** The JobManager has no jar of this id: nothing was started. */
  'flink.jarGone': LATER,
  /** A jar's main() failed, and the answer does not mention a submission: ask whether it had started a job. */
  'flink.mainFailed': FINAL,
  /** There is no such jar, it may not be read, or it is none. */
  'jar.invalid': FINAL,
  'jar.unavailable': LATER,
  /** This process has no socket, file handle or memory left: this says nothing about the server. */
  'local.exhausted': FAULT_FOR_NOW,
  'store.unavailable': FAULT_FOR_NOW,
  /** An item of the table is there but can't be read. The message names it. */
  'store.invalid': FAULT,
  'budget.exceeded': LATER,
  internal: FAULT_FOR_NOW,
} as const satisfies Record<string, CodeFacts>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** Takes out of a text what must not be seen. */
export type Mask = (text: string) => string;

export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly #tell: ((mask: Mask) => string) | null;

  /** `tell`: makes the message again from another error's text, with a mask applied before anything is cut or joined. */
  constructor(code: ErrorCode, message: string, options?: { cause?: unknown; tell?: (mask: Mask) => string }) {
    super(message, options);
    this.code = code;
    this.#tell = options?.tell ?? null;
  }

  /** The message without what the masks take out: `ofWhole` of a text as it came, `ofMessage` of one that may have been cut. */
  masked(ofWhole: Mask, ofMessage: Mask): string {
    return this.#tell === null ? ofMessage(this.message) : this.#tell(ofWhole);
  }

  /** Whether the same request may succeed later without a change by the caller. */
  get retryable(): boolean {
    return ERROR_CODES[this.code].retryable;
  }

  /** Whether it is the deployment's fault, or AWS's, and not that of the request. */
  get ofDeployment(): boolean {
    return ERROR_CODES[this.code].ofDeployment;
  }
}
