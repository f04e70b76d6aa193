/**
 * What clients asked for and were told, held against what the logs say: acknowledged is in the log
 * exactly once, refused was refused there or never got there, and a number of an order is the one
 * that the log gave it.
 */
import { RejectReason } from "../../../protocols/index.ts";
import type { ReplaceOrder } from "../../../protocols/index.ts";
import type { BatchedCommand } from "../../../protocols/api/order-batch.ts";
import type { OrderResult } from "../../../clients/sdk/order-result.ts";
import type { LogOracle } from "./log-oracle.ts";
import { PromiseBroken } from "./promise-broken.ts";

/** How a command ended for whoever sent it. */
export type Ending =
  | { readonly kind: "answered"; readonly result: OrderResult }
  /** The client gave up and said so: nobody knows, or it surely did not happen. */
  | { readonly kind: "unknown" }
  | { readonly kind: "not-taken" };

export interface Asked {
  readonly command: BatchedCommand;
  readonly askedAtMs: number;
  ending: Ending | undefined;
  endedAtMs: number;
}

/** A name may be used again for a new order when its old one has long been forgotten. */
const forgottenAfterUs = 60_000_000;

/**
 * Once a client has given up, what it asked for is done within 10 s or never
 * (docs/decisions/0009-frames-expire.md). It may wait for long before it is sent at all; and the
 * log's clocks may be wrong by as much as the simulated ones are.
 */
const doneWithinMs = 10_000 + 20_000;

/** Reasons from here on are a gateway's own: what it refuses never reached the log. */
const gatewayReasonsFrom = 1000;

/** Reasons that tell of the order as it was, or of one that is not known (any more). */
const outOfTurn: ReadonlySet<number> = new Set([
  RejectReason["revision-out-of-turn"],
  RejectReason["order-unknown"],
  RejectReason["order-closed"],
]);

export class OrderHistory {
  readonly #asked: Asked[] = [];
  readonly #same = new Map<string, Asked[]>();

  begin(command: BatchedCommand, askedAtMs: number): Asked {
    const asked: Asked = { command, askedAtMs, ending: undefined, endedAtMs: 0 };
    this.#alike(command).push(asked);
    this.#asked.push(asked);
    return asked;
  }

  /** All that asked for the same: a name is of one order, a revision of one replace. */
  #alike(command: BatchedCommand): Asked[] {
    const { kind, account, clientOrderId } = command;
    const revision = kind === "replace-order" ? command.revision : 0;
    const name = `${kind}/${account}/${clientOrderId}/${String(revision)}`;
    const alike = this.#same.get(name) ?? [];
    this.#same.set(name, alike);
    return alike;
  }

  get asked(): readonly Asked[] {
    return this.#asked;
  }

  get openCount(): number {
    return this.#asked.filter(({ ending }) => ending === undefined).length;
  }

  #checkInTime(name: string, { command }: Asked, oracle: LogOracle): void {
    const last = oracle.placingsOf(command.account, command.clientOrderId).at(-1);
    const endings = this.#alike(command).map(({ endedAtMs }) => endedAtMs);
    if (last === undefined || endings.includes(0)) return;
    if (last.timeUs / 1000 - Math.max(...endings) <= doneWithinMs) return;
    const lateMs = last.timeUs / 1000 - Math.max(...endings);
    const detail = `${name} was placed ${lateMs.toFixed(0)} ms after its client had given up`;
    throw new PromiseBroken("once", detail);
  }

  /** What surely did not happen has not happened, unless somebody sent the same once more. */
  #checkNever(name: string, { command }: Asked, oracle: LogOracle): void {
    const { account, clientOrderId } = command;
    if (this.#alike(command).length > 1 || oracle.placingsOf(account, clientOrderId).length === 0)
      return;
    throw new PromiseBroken("answers", `${name} was said not to be taken, and was`);
  }

  /**
   * What was refused in its turn is not done later, unless somebody sent the same again. Without
   * a revision, or out of turn, that is not promised.
   */
  #checkNotReplaced(command: ReplaceOrder, reason: number, oracle: LogOracle): void {
    if (command.revision === 0 || outOfTurn.has(reason)) return;
    if (this.#alike(command).length > 1 || !oracle.wasReplaced(command)) return;
    if (oracle.mayBeReplacedLater(command)) return;
    const name = `${command.account}/${command.clientOrderId}`;
    throw new PromiseBroken("answers", `${name} was told ${String(reason)}, and replaced later`);
  }

  check(oracle: LogOracle): void {
    for (const asked of this.#asked) {
      const { ending, command } = asked;
      const name = `${command.account}/${command.clientOrderId}`;
      if (command.kind === "place-order") {
        checkOnce(name, asked, oracle);
        this.#checkInTime(name, asked, oracle);
      }
      if (command.kind === "place-order" && ending?.kind === "not-taken") {
        this.#checkNever(name, asked, oracle);
      }
      if (ending?.kind !== "answered" || ending.result.ok) continue;
      const { number } = ending.result.error;
      if (command.kind === "replace-order") this.#checkNotReplaced(command, number, oracle);
      if (oracle.wasRefused(command.account, command.clientOrderId, number)) continue;
      if (number >= gatewayReasonsFrom) continue;
      throw new PromiseBroken("answers", `${name} was told ${String(number)}, the log was not`);
    }
  }
}

function checkOnce(name: string, { ending, command }: Asked, oracle: LogOracle): void {
  const placings = oracle.placingsOf(command.account, command.clientOrderId);
  for (const [index, { timeUs }] of placings.entries()) {
    const before = placings[index - 1];
    if (before !== undefined && timeUs - before.timeUs < forgottenAfterUs) {
      throw new PromiseBroken("once", `${name} was placed twice`);
    }
  }
  if (ending?.kind !== "answered" || !ending.result.ok) return;
  const { orderId } = ending.result.order;
  if (!placings.some((placing) => placing.orderId === orderId)) {
    throw new PromiseBroken(
      "once",
      `${name} was acknowledged as ${String(orderId)} and is not there`,
    );
  }
}
