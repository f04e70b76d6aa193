/**
 * The oracle: what the logs say, and nothing else. It applies each entry as the stream commits it,
 * on no network and with no faults, so it knows what every replica should have and everybody should
 * have been told. Its books may be refereed: then slow, obvious ones give second opinions.
 */
import { RefereedBooks, Shard } from "../../../actors/index.ts";
import type { Step } from "../../../actors/index.ts";
import { eventsOf, keyOf } from "../../../actors/testing/test-venue.ts";
import type { ObservedVenue, Reply, SentCommand } from "../../../actors/testing/observed-venue.ts";
import { hexOf } from "../../../cluster/hash-chain.ts";
import { HashedShard } from "../../../cluster/hashed-shard.ts";
import type { LogEntry } from "../../../cluster/replicated-log.ts";
import { addressOfBook, assert, RejectReason } from "../../../protocols/index.ts";
import { isNodeProducer, isShardProducer } from "../../../protocols/index.ts";
import { messagesIn, unsealFrame } from "../../../protocols/index.ts";
import type {
  InstrumentSymbol,
  ReplaceOrder,
  ShardEvent,
  ShardId,
  TimeUs,
} from "../../../protocols/index.ts";
import { PromiseBroken } from "./promise-broken.ts";

/** What a replica's chains must be after an entry. */
export interface Proof {
  readonly entriesHash: string;
  readonly outputsHash: string;
}

/** A placing that was taken, and not because it had been taken before. */
export interface Placing {
  readonly orderId: number;
  /** When its account took it; its book may have answered much later. */
  readonly timeUs: TimeUs;
}

export interface LogOracleOptions {
  readonly shards: number;
  /** Whether each book and market is compared with its reference, at every entry. */
  readonly areBooksRefereed?: boolean;
}

export class LogOracle implements ObservedVenue {
  readonly #hashed: readonly HashedShard[];
  /** Of all shards; undefined where books are not refereed. */
  readonly #books: RefereedBooks | undefined;
  /** By shard and sequence. */
  readonly #proofs: Proof[][];
  readonly #replies = new Map<string, Reply[]>();
  /** By where they entered a log, and when they were applied there. */
  readonly #sent = new Map<string, { readonly sent: SentCommand; readonly timeUs: TimeUs }>();
  readonly #placings = new Map<string, Placing[]>();
  readonly #refusals = new Map<string, Set<number>>();
  readonly #replaces = new Set<string>();
  readonly #lenientRefusals = new Set<string>();
  readonly #displayed = new Map<InstrumentSymbol, Map<number, string>>();
  readonly events: ShardEvent[] = [];
  readonly commands: SentCommand[] = [];
  readonly verdicts: Record<string, number> = {};
  #commandCount = 0;

  constructor({ shards, areBooksRefereed = false }: LogOracleOptions) {
    const numbers = Array.from({ length: shards }, (_, shard) => shard);
    const books = areBooksRefereed ? new RefereedBooks({ areOfAllShards: true }) : undefined;
    this.#books = books;
    this.#hashed = numbers.map((shard) => {
      const followed = new Shard(shard, shards);
      if (books !== undefined) followed.useBooks(books);
      return new HashedShard(followed);
    });
    this.#proofs = this.#hashed.map(() => []);
  }

  get shards(): readonly Shard[] {
    return this.#hashed.map(({ shard }) => shard);
  }

  get first(): Shard {
    return this.#hashed[0]!.shard;
  }

  /** Of all shards. */
  get entryCount(): number {
    return this.#proofs.reduce((sum, { length }) => sum + length, 0);
  }

  get commandCount(): number {
    return this.#commandCount;
  }

  head(shard: ShardId): number {
    return this.#proofs[shard]!.length;
  }

  proofAt(shard: ShardId, sequence: number): Proof | undefined {
    return this.#proofs[shard]?.[sequence - 1];
  }

  /** The placings of an order by that name that were taken anew: one at most, unless long apart. */
  placingsOf(account: string, clientOrderId: string): readonly Placing[] {
    return this.#placings.get(`${account}/${clientOrderId}`) ?? [];
  }

  /** Whether that very replace was done. */
  wasReplaced(command: ReplaceOrder): boolean {
    return this.#replaces.has(replaceKey(command));
  }

  /**
   * Whether that very replace was refused by a logic that lets the same be done later; see
   * docs/protocols/logic-versions.md.
   */
  mayBeReplacedLater(command: ReplaceOrder): boolean {
    return this.#lenientRefusals.has(replaceKey(command));
  }

  /** Whether a command that names that order was ever refused for that reason. */
  wasRefused(account: string, clientOrderId: string, reason: number): boolean {
    return this.#refusals.get(`${account}/${clientOrderId}`)?.has(reason) ?? false;
  }

  /** What the market displayed as of an update, as text; undefined in the middle of a step. */
  displayedAt(symbol: InstrumentSymbol, updateId: number): string | undefined {
    return this.#displayed.get(symbol)?.get(updateId);
  }

  /** The actor that moves; "" for none. */
  get moving(): string {
    const moving = this.shards.map((shard) => shard.answer("placement", {}).moving);
    return moving.find((actor) => actor !== "") ?? "";
  }

  /** How many actors have moved from one shard to another. */
  get moveCount(): number {
    return this.first.placement.epoch - (this.moving === "" ? 0 : 1);
  }

  /** How often all logs were told which engine nodes there are. */
  get nodeChangeCount(): number {
    return Math.min(...this.shards.map(({ nodes }) => nodes.epoch));
  }

  /** What shards have to say to each other and have not been heard with; "" for nothing. */
  owed(): string {
    const owed = this.shards.flatMap((from) =>
      from.snapshot().counters.framesSent.map((sent, to) => {
        const heard = to === from.shard ? sent : this.shards[to]!.appliedFramesOf(from.shard);
        return sent === heard
          ? ""
          : `${String(sent - heard)} frames of ${String(from.shard)} to ${String(to)}`;
      }),
    );
    return owed.filter((text) => text !== "").join(", ");
  }

  repliesTo(sent: SentCommand): readonly Reply[] {
    return this.#replies.get(keyOf(sent)) ?? [];
  }

  apply(shard: ShardId, entry: LogEntry): void {
    const hashed = this.#hashed[shard]!;
    const { step } = hashed.apply(entry);
    const { entries, outputs } = hashed;
    this.#proofs[shard]!.push({ entriesHash: entries.hex, outputsHash: hexOf(outputs.hash) });
    this.verdicts[step.verdict] = (this.verdicts[step.verdict] ?? 0) + 1;
    this.#noteCommands(shard, entry, step);
    const events = eventsOf(step);
    for (const event of events) this.#note(shard, event);
    this.#noteDisplayed(shard, events);
    this.#referee(shard, step);
    this.#checkEmitter(shard);
  }

  /** Who emits is one of the nodes that there are, wherever the log says which. */
  #checkEmitter(shard: ShardId): void {
    const { emitter, nodes } = this.shards[shard]!;
    const isCounted = nodes.names.length === 0 || nodes.names.includes(emitter.node);
    if (isCounted || emitter.node === "") return;
    const names = nodes.names.join();
    const detail = `${emitter.node} emits shard ${String(shard)}, whose nodes are ${names}`;
    throw new PromiseBroken("nodes", detail);
  }

  #referee(shard: ShardId, { sequence, timeUs }: Step): void {
    const books = this.#books;
    books?.endStep(timeUs);
    if (books?.disagreement === undefined) return;
    const { symbol, told, expected } = books.disagreement;
    const at = `${symbol} at entry ${String(sequence)} of shard ${String(shard)}`;
    throw new PromiseBroken("books", `${at}: the book says ${told}, its reference ${expected}`);
  }

  #noteCommands(shard: ShardId, entry: LogEntry, { verdict, header, timeUs }: Step): void {
    if (verdict !== "applied" || header === undefined) return;
    const { producer, epoch, frame } = header;
    if (isNodeProducer(producer) || isShardProducer(producer)) return;
    for (const [index, command] of messagesIn(unsealFrame(entry.payload)).entries()) {
      const sent = { shard, origin: { producer, epoch, frame, index }, command };
      this.commands.push(sent);
      this.#sent.set(keyOf(sent), { sent, timeUs });
      this.#commandCount += 1;
    }
  }

  #note(shard: ShardId, event: ShardEvent): void {
    this.events.push(event);
    if (event.kind !== "order-replied" && event.kind !== "command-replied") return;
    const key = keyOf({ shard, origin: event.origin });
    this.#replies.set(key, [...(this.#replies.get(key) ?? []), event]);
    const applied = this.#sent.get(key);
    if (applied === undefined) return;
    const { sent, timeUs } = applied;
    const { command } = sent;
    if (!("clientOrderId" in command)) return;
    const name = `${command.account}/${command.clientOrderId}`;
    if (event.rejectReason === RejectReason["actor-elsewhere"]) {
      // Whoever is told that goes on to where the actor lives; people never see it.
    } else if (event.rejectReason !== 0) {
      const reasons = this.#refusals.get(name) ?? new Set();
      this.#refusals.set(name, reasons.add(event.rejectReason));
      const isLenient = this.shards[shard]!.logic < usesUpRefusedRevisionsFrom;
      if (command.kind === "replace-order" && isLenient) {
        this.#lenientRefusals.add(replaceKey(command));
      }
    } else if (command.kind === "place-order" && event.kind === "order-replied") {
      if (event.isDuplicate) return;
      const placings = this.#placings.get(name) ?? [];
      this.#placings.set(name, [...placings, { orderId: event.orderId, timeUs }]);
    } else if (command.kind === "replace-order") {
      this.#replaces.add(replaceKey(command));
    }
  }

  #noteDisplayed(shard: ShardId, events: readonly ShardEvent[]): void {
    const touched = new Set<InstrumentSymbol>();
    for (const event of events) {
      if (event.kind.startsWith("entry-") && "symbol" in event) touched.add(event.symbol);
    }
    for (const symbol of touched) {
      const ask = { symbol, limit: Infinity };
      const view = this.#hashed[shard]!.shard.answer("displayed-orders", ask);
      if (view === null) {
        const where = this.shards[shard]!.elsewhere(addressOfBook(symbol));
        assert(where !== undefined, "what is told of a book comes from its shard");
        // It has left in that very step.
        continue;
      }
      const moments = this.#displayed.get(symbol) ?? new Map<number, string>();
      this.#displayed.set(symbol, moments.set(view.updateId, displayedText(view.bids, view.asks)));
      for (const oldest of moments.keys()) {
        if (moments.size <= momentsKept) break;
        moments.delete(oldest);
      }
    }
  }
}

function replaceKey({ account, clientOrderId, revision, price, quantity }: ReplaceOrder): string {
  return [account, clientOrderId, revision, price, quantity].join("/");
}

const momentsKept = 3000;
/** The logic from which on a replace that was refused in its turn is not done later. */
const usesUpRefusedRevisionsFrom = 2;

/** Both sides of a market as text, to be compared. */
export function displayedText(bids: readonly unknown[], asks: readonly unknown[]): string {
  return JSON.stringify([bids, asks]);
}
