/**
 * Tickets: what an administrator is answered, at once or when a decision has taken effect.
 *
 * A decision that takes effect elsewhere gets a ticket, which every place concerned serves when it
 * has done its part. Whoever asks for the same meanwhile waits for the same ticket.
 */
import { assert, Fields, fieldsOfTerms, RejectReason, termsIn } from "../../protocols/index.ts";
import type { InstrumentTerms, Origin, ProducerId, TicketServed } from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";

const { none } = RejectReason;

/** Waits for a decision to have taken effect in `left` more places. */
interface Ticket {
  /** Who asked for it, and whoever asked for the same meanwhile. */
  readonly origins: Origin[];
  left: number;
  /** The instrument that is being listed, when that was the decision. */
  readonly listing: InstrumentTerms | undefined;
  /** Set while only the listing's own shard has been told. */
  isOpening: boolean;
}

export class Tickets {
  readonly #open = new Map<number, Ticket>();
  #count = 0;

  /** Takes a ticket, which so many places are to serve. Returns its number. */
  take(
    context: ActorContext,
    places: number,
    { listing, isUnasked = false }: { listing?: InstrumentTerms; isUnasked?: boolean } = {},
  ): number {
    this.#count += 1;
    this.#open.set(this.#count, {
      origins: isUnasked ? [] : [context.origin],
      left: places,
      listing,
      isOpening: listing !== undefined,
    });
    return this.#count;
  }

  /** Answers the command under way when a decision taken before has had its effect. */
  answerWith(number: number, context: ActorContext): void {
    const ticket = this.#open.get(number);
    if (ticket === undefined) answer(context, none);
    else ticket.origins.push(context.origin);
  }

  /** Whether a ticket has places left that are to serve it. */
  isOpen(number: number): boolean {
    return this.#open.has(number);
  }

  /** Whether an instrument is being listed. */
  get isListing(): boolean {
    return [...this.#open.values()].some(({ listing }) => listing !== undefined);
  }

  /** One place has done its part; after the last, whoever waits is answered. */
  served({ ticket: number }: TicketServed, context: ActorContext): void {
    const ticket = this.#open.get(number);
    assert(ticket !== undefined, "a ticket was served that nobody took");
    ticket.left -= 1;
    if (ticket.listing !== undefined && ticket.isOpening) {
      announceToOthers(ticket.listing, number, context);
      ticket.isOpening = false;
      ticket.left = context.shards - 1;
    }
    if (ticket.left > 0) return;
    this.#open.delete(number);
    if (ticket.listing !== undefined) {
      context.emit({ kind: "instrument-listed", terms: ticket.listing });
    }
    for (const origin of ticket.origins) {
      context.emit({ kind: "command-replied", origin, rejectReason: none, detail: 0 });
    }
  }

  snapshot(): SavedTickets {
    const open = [...this.#open].map(([number, { origins, left, listing, isOpening }]) => {
      const saved = origins.map(
        ({ producer, epoch, frame, index }) => [producer, epoch, frame, index] as const,
      );
      const terms = listing === undefined ? null : fieldsOfTerms(listing);
      return [number, saved, left, terms, isOpening] as const;
    });
    return [open, this.#count];
  }

  restore([open, count]: SavedTickets): void {
    assert(this.#count === 0);
    this.#count = count;
    for (const [number, origins, left, terms, isOpening] of open) {
      this.#open.set(number, {
        origins: origins.map(([producer, epoch, frame, index]) => {
          return { producer, epoch, frame, index };
        }),
        left,
        listing: terms === null ? undefined : termsIn(new Fields(terms)),
        isOpening,
      });
    }
  }
}

/** Answers the command under way. Returns the reason. */
export function answer(
  context: ActorContext,
  rejectReason: RejectReason,
  detail = 0,
): RejectReason {
  context.emit({ kind: "command-replied", origin: context.origin, rejectReason, detail });
  return rejectReason;
}

/** The listing's own shard has its book: now the others may know of it. */
function announceToOthers(terms: InstrumentTerms, ticket: number, context: ActorContext): void {
  const opened = context.placement.shardOfInstrument(terms.symbol);
  for (let shard = 0; shard < context.shards; shard++) {
    if (shard !== opened) context.send({ kind: "announce-instrument", shard, terms, ticket });
  }
}

type SavedOrigin = readonly [producer: ProducerId, epoch: number, frame: number, index: number];

export type SavedTickets = readonly [
  open: readonly (readonly [
    number: number,
    origins: readonly SavedOrigin[],
    left: number,
    listing: readonly unknown[] | null,
    isOpening: boolean,
  ])[],
  count: number,
];
