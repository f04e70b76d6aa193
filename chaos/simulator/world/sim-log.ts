/**
 * The replicated log on simulated streams: generations, lanes and tails are those of JetStream.
 */
import { delay } from "../../../cluster/clock.ts";
import { LogUnavailable } from "../../../cluster/faults.ts";
import { GenerationLog } from "../../../cluster/generation-log.ts";
import type {
  Appender,
  AppenderHooks,
  GenerationLogOptions,
  GenerationLogPort,
  LogStream,
} from "../../../cluster/generation-log.ts";
import { AppendLane, defaultAppendPolicy } from "../../../cluster/jetstream-append-lane.ts";
import { sealProducer } from "../../../cluster/log-generation.ts";
import type { AppendReceipt } from "../../../cluster/replicated-log.ts";
import type { Chance } from "./chance.ts";
import type { ServerLine } from "./server-line.ts";
import type { SimStream } from "./sim-stream.ts";
import type { SimStreams } from "./sim-streams.ts";

export interface SimLogOptions extends GenerationLogOptions {
  readonly streams: SimStreams;
  readonly line: ServerLine;
  readonly chance: Chance;
}

const requestTimeoutMs = 500;
const sealTimeoutMs = 250;
const askAgainMs = 20;
const payloadBytesMax = 1024 * 1024;

export class SimLog extends GenerationLog {
  constructor(options: SimLogOptions) {
    super(portOn(options), options);
  }

  /** A log that may be used at once. */
  static async opened(options: SimLogOptions): Promise<SimLog> {
    const log = new SimLog(options);
    await log.open();
    return log;
  }
}

function portOn({ streams, line, chance }: SimLogOptions): GenerationLogPort {
  const clock = line.process;
  const insist = insisting(streams.name, line);
  return {
    name: streams.name,
    clock,
    payloadBytesMax,
    complaint: undefined,
    get isClosed() {
      return line.isClosed;
    },
    numbers: (deadlineMs) => insist(deadlineMs, (timeoutMs) => streams.numbers(line, timeoutMs)),
    stream: (generation) => streamOn({ streams, line, insist }, generation),
    openAppender: (hooks) => new SimAppender({ streams, line, chance }, hooks),
    onReturn: (listener) => line.onReturn(listener),
    suspect: () => line.suspect(),
    random: () => chance.next(),
    hearSeals: (heard) => streams.hearSeals(line, heard),
    close: () => undefined,
  };
}

type Insist = <Answer>(
  deadlineMs: number,
  ask: (timeoutMs: number) => Promise<Answer>,
) => Promise<Answer>;

/** Asks until there is an answer, or the time is over. */
function insisting(log: string, line: ServerLine): Insist {
  const clock = line.process;
  return async (deadlineMs, ask) => {
    for (;;) {
      try {
        return await ask(requestTimeoutMs);
      } catch (error) {
        if (!(error instanceof LogUnavailable) || clock.nowMs() >= deadlineMs) throw error;
        if (line.isClosed) throw new LogUnavailable(log, "closed");
      }
      await delay(clock, askAgainMs);
    }
  };
}

interface StreamWays {
  readonly streams: SimStreams;
  readonly line: ServerLine;
  readonly insist: Insist;
}

function streamOn({ streams, line, insist }: StreamWays, generation: number): LogStream {
  const name = `${streams.name}_${String(generation)}`;
  const there = (): SimStream => {
    const stream = streams.at(generation);
    if (stream === undefined) throw new LogUnavailable(name, "there is no such stream");
    return stream;
  };
  return {
    name,
    generation,
    ensure: (first, deadlineMs) =>
      insist(deadlineMs, (timeoutMs) => streams.create(line, { generation, first }, timeoutMs)),
    find: (deadlineMs) =>
      insist(deadlineMs, async (timeoutMs) => {
        if (!(await streams.has(line, generation, timeoutMs))) return undefined;
        return await there().state(line, timeoutMs);
      }),
    nextSeal: (from, deadlineMs) =>
      insist(deadlineMs, async (timeoutMs) => await there().nextSeal(line, from, timeoutMs)),
    appendSeal: () => publishSeal(line, there()),
    read: async (from, limits) => await there().read(line, from, limits),
    entry: (sequence, deadlineMs) =>
      insist(deadlineMs, async (timeoutMs) => await there().entry(line, sequence, timeoutMs)),
    listen: (listener) => streams.at(generation)?.listen(line, listener) ?? (() => undefined),
  };
}

async function publishSeal(line: ServerLine, stream: SimStream): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const refuse = (): void => reject(new LogUnavailable(stream.name, "it takes no seal"));
  const timer = line.process.after(sealTimeoutMs, refuse);
  stream.publish(line, { producer: sealProducer, payload: new Uint8Array() }, (stored) => {
    if (typeof stored === "number") resolve();
    else refuse();
  });
  await promise.finally(() => timer.cancel());
}

/** All lanes of one handle. */
class SimAppender implements Appender {
  readonly #ways: Pick<SimLogOptions, "streams" | "line" | "chance">;
  readonly #hooks: AppenderHooks;
  readonly #lanes = new Map<string, AppendLane>();
  readonly #stopHearing: readonly (() => void)[];
  #publications = 0;

  constructor(ways: Pick<SimLogOptions, "streams" | "line" | "chance">, hooks: AppenderHooks) {
    this.#ways = ways;
    this.#hooks = hooks;
    const { line } = ways;
    this.#stopHearing = [
      line.onBroken(() => this.#lanes.forEach((lane) => lane.onBroken())),
      line.onReturn(() => this.#lanes.forEach((lane) => lane.onReturn())),
    ];
  }

  async append(producer: string, payload: Uint8Array): Promise<AppendReceipt> {
    let lane = this.#lanes.get(producer);
    if (lane === undefined) {
      lane = this.#openLane(producer);
      this.#lanes.set(producer, lane);
    }
    return await lane.append(payload);
  }

  cut(last: number): void {
    for (const lane of this.#lanes.values()) lane.onCut(last);
  }

  close(): void {
    for (const stopHearing of this.#stopHearing) stopHearing();
    for (const lane of this.#lanes.values()) lane.close();
  }

  #openLane(producer: string): AppendLane {
    const { streams, line, chance } = this.#ways;
    const { newest, isOpen, counts, onSent, onReceipt } = this.#hooks;
    const lane: AppendLane = new AppendLane(
      {
        log: streams.name,
        clock: line.process,
        get isConnected() {
          return line.isConnected && isOpen();
        },
        complaint: undefined,
        random: () => chance.next(),
        publish: (payload) => {
          const publication = ++this.#publications;
          const stream = streams.at(newest());
          stream?.publish(line, { producer, payload }, (stored) => {
            if (typeof stored === "string") lane.onNotNow(publication, stored);
            else if (counts(stream.name, stored)) lane.onStored(publication, stored);
          });
          onSent();
          return publication;
        },
        suspect: () => line.suspect(),
        onReceipt,
      },
      defaultAppendPolicy,
    );
    return lane;
  }
}
