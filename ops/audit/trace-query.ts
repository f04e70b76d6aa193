/** Which order somebody asks about, and which ones that turns out to be. */
import type { AccountId, Message } from "../../protocols/index.ts";
import type { OrderKey, RecordedStep } from "./act.ts";

/** What an id may be the id of. */
export type IdKind = (typeof idKinds)[number];
export const idKinds = ["order", "client", "trade"] as const;

export interface TraceQuery {
  readonly id: string;
  /** What it is; whatever there is first in the order of {@link idKinds} unless told. */
  readonly kind?: IdKind;
  /** Whose order it is; anybody's unless told. */
  readonly account?: AccountId;
}

/** A command that may be refused without an order, and was sent under an order's name. */
type NamingCommand = Extract<
  Message,
  { readonly kind: "place-order" | "cancel-order" | "replace-order" }
>;

function namesOrder(message: Message): message is NamingCommand {
  return ["place-order", "cancel-order", "replace-order"].includes(message.kind);
}

/** The orders that an id may mean, by what it is taken for. */
export class Matches {
  /** The orders that it means if it is an order's. */
  readonly guess: readonly OrderKey[];
  readonly #query: TraceQuery;
  readonly #number: number;
  readonly #found = new Map<IdKind, Set<OrderKey>>(idKinds.map((kind) => [kind, new Set()]));

  constructor(query: TraceQuery) {
    this.#query = query;
    this.#number = /^\d{1,16}$/.test(query.id) ? Number(query.id) : NaN;
    this.guess = Number.isSafeInteger(this.#number) ? [this.#number] : [];
  }

  look({ acts }: RecordedStep): void {
    const { id, account } = this.#query;
    for (const { deed, orders } of acts) {
      if (deed.kind === "command" && namesOrder(deed.message)) {
        const isTheirs = account === undefined || deed.message.account === account;
        const isNamed = deed.message.clientOrderId === id;
        if (isTheirs && isNamed) for (const order of orders) this.#add("client", order);
      }
      if (deed.kind !== "event" || deed.event.kind !== "execution-report") continue;
      const report = deed.event;
      if (account !== undefined && report.account !== account) continue;
      if (report.orderId === this.#number) this.#add("order", report.orderId);
      if (report.clientOrderId === id) this.#add("client", report.orderId);
      if (report.tradeId === this.#number) this.#add("trade", report.orderId);
    }
  }

  best(): { readonly kind: IdKind | undefined; readonly orders: readonly OrderKey[] } {
    const { kind: asked } = this.#query;
    const kinds = asked === undefined ? idKinds : [asked];
    const kind = kinds.find((each) => (this.#found.get(each)?.size ?? 0) > 0);
    const orders = kind === undefined ? [] : [...(this.#found.get(kind) ?? [])];
    return { kind, orders };
  }

  #add(kind: IdKind, order: OrderKey): void {
    this.#found.get(kind)?.add(order);
  }
}
