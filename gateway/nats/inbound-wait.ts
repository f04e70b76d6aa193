/**
 * Inbound wait: how long what comes over a connection waits before it is heard, in the server, in
 * the socket and in this process; and whether that is too long.
 *
 * Measured with pings. The server's answer to one stands in line behind all that it has to send
 * us, so the time it takes is what a request that came now would wait. A machine that stands still
 * for a moment is no overload: only a wait that lasts counts at first, and for a while after that
 * every one (as CoDel tells a standing queue from a burst: Nichols, Jacobson 2012).
 */
export interface PingedConnection {
  /** Resolves when the server's answer was heard. */
  rtt(): Promise<number>;
  isClosed(): boolean;
}

export interface InboundWaitOptions {
  readonly connection: PingedConnection;
  readonly nowMs?: () => number;
  readonly everyMs?: number;
}

const waitMsMax = 150;
const lastsMs = 500;
const alertMs = 10_000;

export class InboundWait {
  readonly #connection: PingedConnection;
  readonly #nowMs: () => number;
  readonly #everyMs: number;
  #lastMs = 0;
  /** Since the ping that is on its way. */
  #pingedAtMs: number | undefined;
  /** When the wait was last seen to be short. */
  #shortAtMs: number;
  /** Until then no wait has to last to be too long. */
  #alertUntilMs = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  constructor({ connection, nowMs = () => performance.now(), everyMs = 50 }: InboundWaitOptions) {
    this.#connection = connection;
    this.#nowMs = nowMs;
    this.#everyMs = everyMs;
    this.#shortAtMs = nowMs();
  }

  start(): void {
    this.#timer ??= setTimeout(() => void this.#round(), this.#everyMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** A ping that takes longer than the last one tells as much as it has taken already. */
  get ms(): number {
    const underWayMs = this.#pingedAtMs === undefined ? 0 : this.#nowMs() - this.#pingedAtMs;
    return Math.max(this.#lastMs, underWayMs);
  }

  /** Whether what comes now should be refused unread. */
  get isTooLong(): boolean {
    if (this.ms <= waitMsMax) return false;
    const nowMs = this.#nowMs();
    if (nowMs >= this.#alertUntilMs && nowMs - this.#shortAtMs < lastsMs) return false;
    this.#alertUntilMs = nowMs + alertMs;
    return true;
  }

  async #round(): Promise<void> {
    await this.ping();
    if (!this.#connection.isClosed()) this.#timer = this.#timer?.refresh();
  }

  async ping(): Promise<void> {
    const pingedAtMs = this.#nowMs();
    this.#pingedAtMs = pingedAtMs;
    try {
      await this.#connection.rtt();
      this.#lastMs = this.#nowMs() - pingedAtMs;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      // The line broke: what comes over the next one has not waited yet.
      this.#lastMs = 0;
    }
    this.#pingedAtMs = undefined;
    if (this.#lastMs <= waitMsMax) this.#shortAtMs = this.#nowMs();
  }
}
