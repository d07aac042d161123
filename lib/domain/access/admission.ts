/** Letting a caller in: what a request brings of credentials, and who it turns out to be. */
import type { Grant } from './access-key.ts';
import type { Principal } from './principal.ts';

/** What a request brings. Nothing of it may be logged or stored. */
export interface Presented {
  /** Every API key of the request, in the places where one is accepted. */
  readonly keys: readonly string[];
  /** Where else something stands that looks like an API key: "the query". Asked for when there is none where it belongs. */
  readonly misplaced: () => string | null;
  /** Of callers that API Gateway has authenticated; null: it has not. */
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

/** @throws AppError request.unauthorized: what is missing or wrong, without its value */
export type Admit = (presented: Presented) => Promise<Admitted>;
