/**
 * A shard as the engine benchmark needs it, and its log: formed, with instruments to trade and
 * accounts that have more than they will spend. Entries are made beforehand and applied later.
 */
import { Shard } from "../../../actors/index.ts";
import type { Step } from "../../../actors/index.ts";
import { HashedShard } from "../../../cluster/hashed-shard.ts";
import { stateHashOf } from "../../../cluster/replica-snapshot.ts";
import type { LogEntry } from "../../../cluster/replicated-log.ts";
import { StepMemory } from "../../../cluster/step-memory.ts";
import { encodeFrame } from "../../../protocols/index.ts";
import type { LogicVersion, Message, ProducerId } from "../../../protocols/index.ts";

export const openingUs = 1_795_000_000_000_000;
export const symbols = ["BTC-USDT", "ETH-USDT", "SOL-USDT", "XRP-USDT"];
export const accounts = Array.from({ length: 64 }, (_, index) => `account-${String(index)}`);

const commandsPerFrame = 100;
/** More levels than any book here has. */
const levelsMax = 1_000_000;

/** What accounts have of each asset, and by which logic they trade. */
export interface Opening {
  readonly funds: number;
  /** The first unless told otherwise. */
  readonly logic?: LogicVersion;
}

const ordinary: Opening = { funds: 1_000_000_000_000_000 };

/** Many small buffers would make garbage collection the thing that is measured. */
const slabBytes = 16 * 1024 * 1024;

/** Numbers the entries of one log, and the frames in them. */
export class LogWriter {
  #sequence = 0;
  #slab = new Uint8Array(0);
  readonly #frames = new Map<ProducerId, number>();

  entry(producer: ProducerId, messages: readonly Message[], timeUs: number): LogEntry {
    const frame = (this.#frames.get(producer) ?? 0) + 1;
    this.#frames.set(producer, frame);
    this.#sequence += 1;
    const payload = this.#kept(encodeFrame({ producer, epoch: 1, frame, messages }));
    return { sequence: this.#sequence, timeUs, producer, payload };
  }

  /** The same bytes, beside those of other entries. */
  #kept(bytes: Uint8Array): Uint8Array {
    if (this.#slab.length < bytes.length) this.#slab = new Uint8Array(slabBytes);
    const kept = this.#slab.subarray(0, bytes.length);
    kept.set(bytes);
    this.#slab = this.#slab.subarray(bytes.length);
    return kept;
  }
}

/** What makes a shard a venue where the flow can trade. */
export function openingEntries(log: LogWriter, opening = ordinary): readonly LogEntry[] {
  const { funds, ...logic } = opening;
  const cluster = "bench";
  const forming = log.entry(
    "node-e1",
    [{ kind: "form-shard", cluster, shard: 0, shards: 1, ...logic }],
    openingUs,
  );
  const assets = [...new Set(symbols.flatMap((symbol) => symbol.split("-")))];
  const messages: Message[] = [
    ...assets.map((asset) => ({ kind: "add-asset", asset, decimals: 6 }) as const),
    ...symbols.map((symbol) => ({ kind: "list-instrument", terms: termsOf(symbol) }) as const),
    ...accounts.map((account) => ({ kind: "open-account", account, participant: "" }) as const),
    ...accounts.flatMap((account) =>
      assets.map((asset) => {
        const reference = `${account}-${asset}`;
        return { kind: "deposit", account, asset, amount: funds, reference } as const;
      }),
    ),
  ];
  const entries = [forming];
  for (let from = 0; from < messages.length; from += commandsPerFrame) {
    const frame = messages.slice(from, from + commandsPerFrame);
    entries.push(log.entry("gateway-1", frame, openingUs));
  }
  return entries;
}

function termsOf(symbol: string) {
  const [base = "", quote = ""] = symbol.split("-");
  const sizes = { baseUnitsPerLot: 100, quoteUnitsPerTickLot: 1 };
  return { symbol, base, quote, ...sizes, makerFeeBasisPoints: 1, takerFeeBasisPoints: 2 };
}

/** A shard that applies as a replica does: both hashes, and memory for outputs used again. */
export class BenchedShard {
  readonly #hashed = new HashedShard(new Shard(0, 1));
  readonly #memory = new StepMemory();

  constructor() {
    this.#hashed.shard.useMemory((length) => this.#memory.take(length));
  }

  apply(entry: LogEntry): void {
    const { step } = this.#hashed.apply(entry);
    this.#memory.reuse(step);
  }

  /** As {@link apply}, and shows the step while what it told is still there. */
  applyAndSee(entry: LogEntry, see: (step: Step) => void): void {
    const { step } = this.#hashed.apply(entry);
    see(step);
    this.#memory.reuse(step);
  }

  /** The hash of the whole state, as at a checkpoint. */
  get state(): Uint8Array {
    return stateHashOf(this.#hashed.shard);
  }

  /** How many orders rest in all books, displayed. */
  get restingCount(): number {
    return symbols
      .map((symbol) => this.#hashed.shard.answer("depth", { symbol, levels: levelsMax }))
      .flatMap((depth) => (depth === null ? [] : [...depth.bids, ...depth.asks]))
      .reduce((sum, [, , orders]) => sum + orders, 0);
  }

  /** The hashes of all that went in and all that came out. */
  get work(): string {
    const { entries, outputs } = this.#hashed;
    return `${entries.hex} ${outputs.hex}`;
  }
}
