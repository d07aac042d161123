/** Authenticating a caller: the credentials of a request, and the caller that they belong to. */
import type { Grant } from './access-key.ts';
import type { Principal } from './principal.ts';

/** The credentials of a request. They may never be logged or stored. */
export interface Presented {
  /** Every API key of the request, in the places where one is accepted. */
  readonly keys: readonly string[];
  /** Another place with a text that looks like an API key: "the query". Read only if the right places have no key. */
  readonly misplaced: () => string | null;
  /** The caller that API Gateway has authenticated; null: none. */
  readonly iamArn: string | null;
  readonly jwtSubject: string | null;
  readonly sourceIp: string | null;
  readonly requestId: string;
}

export interface Admitted {
  readonly principal: Principal;
  readonly grant: Grant;
  /** Notes that the caller has been here. Never fails. */
  readonly noteUse: () => Promise<void>;
}

/** @throws AppError request.unauthorized: says what is missing or wrong, without its value */
export type Admit = (presented: Presented) => Promise<Admitted>;
