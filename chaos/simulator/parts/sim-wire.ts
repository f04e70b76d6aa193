/**
 * A participant's line to the exchange in a simulated world: what the SDK speaks through.
 */
import { BusDisconnected, NoResponders, RequestTimedOut } from "../../../cluster/faults.ts";
import { delay } from "../../../cluster/clock.ts";
import type {
  RequestTerms,
  Wire,
  WireAnswer,
  WireClock,
  WireSubscription,
} from "../../../clients/sdk/wire.ts";
import type { NatsServers } from "../world/nats-servers.ts";
import { SimBus } from "../world/sim-bus.ts";
import type { ServerLine } from "../world/server-line.ts";
import type { SimProcess } from "../world/sim-process.ts";

export class SimWire implements Wire {
  readonly #line: ServerLine;
  readonly #bus: SimBus;

  constructor(servers: NatsServers, process: SimProcess, machine: string) {
    this.#line = servers.connect(process, machine);
    this.#bus = new SimBus(servers, this.#line);
  }

  async request(
    subject: string,
    payload: Uint8Array,
    { timeoutMs }: RequestTerms,
  ): Promise<WireAnswer> {
    if (!this.#line.isConnected && !(await this.#isBackWithin(timeoutMs))) {
      return { kind: "not-heard" };
    }
    try {
      const answer = await this.#bus.request(subject, payload, { timeoutMs });
      return { kind: "answered", payload: answer };
    } catch (error) {
      if (error instanceof NoResponders) return { kind: "not-heard" };
      if (error instanceof RequestTimedOut || error instanceof BusDisconnected) {
        return { kind: "no-answer" };
      }
      throw error;
    }
  }

  #isBackWithin(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = this.#line.process.after(ms, () => end(false));
      const stop = this.#line.onReturn(() => end(true));
      const end = (isBack: boolean): void => {
        timer.cancel();
        stop();
        resolve(isBack);
      };
    });
  }

  subscribe(subject: string, listener: (payload: Uint8Array) => void): WireSubscription {
    const subscription = this.#bus.subscribe(subject, ({ payload }) => listener(payload));
    return { close: () => subscription.unsubscribe() };
  }

  onReconnect(listener: () => void): void {
    this.#line.onReturn(listener);
  }

  close(): Promise<void> {
    return this.#bus.close();
  }
}

export function wireClockOf(process: SimProcess): WireClock {
  return { nowMs: () => process.nowMs(), delay: (ms) => delay(process, ms) };
}
