/**
 * The line to the exchange, as the SDK sees it: requests that may get no answer, and subjects to
 * listen on. `nats-wire.ts` is the real one.
 */

export type WireAnswer =
  | { readonly kind: "answered"; readonly payload: Uint8Array }
  /** It was surely not heard: nobody listens, or there was no line to send it on. */
  | { readonly kind: "not-heard" }
  /** It may have been heard; no answer came. */
  | { readonly kind: "no-answer" };

export interface RequestTerms {
  readonly timeoutMs: number;
  /** The trace that the request is part of, as W3C Trace Context has it, if any. */
  readonly traceparent?: string | undefined;
}

export interface WireSubscription {
  /** The listener is not called after this returns. */
  close(): void;
}

export interface Wire {
  /**
   * One attempt. Rejects with `NotPermitted` or `ClientClosed`, and for nothing else: that no
   * answer came is an answer here.
   */
  request(subject: string, payload: Uint8Array, terms: RequestTerms): Promise<WireAnswer>;

  /** Messages may be lost, and after a failover some come twice. */
  subscribe(subject: string, listener: (payload: Uint8Array) => void): WireSubscription;

  /** Calls back after each time the line was broken: messages may have been missed. */
  onReconnect(listener: () => void): void;

  close(): Promise<void>;
}

/** What the SDK waits by; a test may drive it. */
export interface WireClock {
  nowMs(): number;
  /** Resolves after that many milliseconds. */
  delay(ms: number): Promise<void>;
}

export const machineClock: WireClock = {
  nowMs: () => performance.now(),
  delay: (ms) =>
    new Promise((resolve) => {
      setTimeout(resolve, ms);
    }),
};
