/** Who asks, as whoever carries requests vouches for it. */
import type { AccountId } from "../protocols/index.ts";

export interface Asker {
  /** For requests of one account: that account; else "". */
  readonly account: AccountId;
  /** For requests of administrators: who it is; else "". */
  readonly administrator: string;
  /** The trace that the request is part of, as W3C Trace Context has it, if any. */
  readonly traceparent?: string | undefined;
}
