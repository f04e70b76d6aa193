/**
 * Holds what clients were told against what the log says. A pure function: histories that were made
 * up break each rule in the tests.
 *
 * It asks for promises only, nothing about speed: what was acknowledged is in the log, once, in its
 * place, as told; trades have two sides; money is neither made nor lost; replicas agree.
 */
import type { OrderState } from "../../protocols/api/replies.ts";
import type { History, Operation, OperationKind, Standing } from "./operation.ts";
import { describeAsked, isAcknowledged } from "./operation.ts";
import type { LoggedCommand, LoggedFill, VenueRecord } from "./venue-record.ts";

/** The promises, and what each of them says. */
export const promises = {
  "nothing-lost": "what was acknowledged is in the log",
  "nothing-doubled": "no command took effect twice",
  "order-kept": "what was sent after an acknowledgement stands behind it in the log",
  "answers-true": "no answer contradicts the log",
  "fills-once": "every fill happened once, and every trade has two sides",
  "money-conserved": "what all accounts hold is what was brought in",
  "replicas-agree": "every replica has the hashes of a rebuild from the log",
  "heals-itself": "once the fault is over, the cluster is whole again without anybody's help",
} as const;

export type PromiseName = keyof typeof promises;

export interface Violation {
  readonly promise: PromiseName;
  readonly text: string;
}

type Rule = (history: History, record: Indexed) => Iterable<string>;

/** Everything that is wrong, rule by rule. */
export function checkHistory(history: History, record: VenueRecord): readonly Violation[] {
  const indexed = new Indexed(record);
  return rules.flatMap(([promise, rule]) =>
    [...rule(history, indexed)].map((text) => ({ promise, text })),
  );
}

const rules: readonly (readonly [PromiseName, Rule])[] = [
  ["nothing-lost", lost],
  ["nothing-doubled", doubled],
  ["order-kept", reordered],
  ["answers-true", untrueAnswers],
  ["answers-true", untrueStandings],
  ["fills-once", doubleFills],
  ["fills-once", lopsidedTrades],
  ["fills-once", untrueFills],
  ["money-conserved", unbalanced],
  ["replicas-agree", differingReplicas],
];

/** The record, and its commands by what was asked for. */
class Indexed {
  readonly record: VenueRecord;
  readonly #commands = new Map<string, LoggedCommand[]>();

  constructor(record: VenueRecord) {
    this.record = record;
    for (const command of record.commands) {
      const key = keyOf(command);
      const same = this.#commands.get(key);
      if (same === undefined) this.#commands.set(key, [command]);
      else same.push(command);
    }
  }

  /** Every attempt that the log holds, in its order. */
  attempts(operation: Operation): readonly LoggedCommand[] {
    return this.#commands.get(keyOf(operation)) ?? [];
  }

  /** The attempt that did it. */
  effect(operation: Operation): LoggedCommand | undefined {
    return this.attempts(operation).find(tookEffect);
  }

  attemptGroups(): Iterable<readonly LoggedCommand[]> {
    return this.#commands.values();
  }
}

function keyOf(asked: {
  readonly kind: OperationKind;
  readonly account: string;
  readonly clientOrderId: string;
  readonly revision: number;
}): string {
  return `${asked.kind} ${asked.account} ${asked.clientOrderId} ${asked.revision}`;
}

function tookEffect({ answer }: LoggedCommand): boolean {
  return answer?.reason === "none" && !answer.isDuplicate;
}

function* lost({ operations }: History, record: Indexed): Iterable<string> {
  for (const operation of operations) {
    if (!isAcknowledged(operation)) continue;
    const attempts = record.attempts(operation);
    if (attempts.length === 0) {
      yield `${describeAsked(operation)} was answered "${told(operation)}" and is not in the log`;
    } else if (operation.outcome.kind === "done" && record.effect(operation) === undefined) {
      yield `${describeAsked(operation)} was acknowledged, and the log has done it in no attempt`;
    }
  }
}

function* doubled(_history: History, record: Indexed): Iterable<string> {
  for (const attempts of record.attemptGroups()) {
    const effects = attempts.filter(tookEffect);
    const [first, second] = effects;
    if (first === undefined || second === undefined) continue;
    const places = effects.map(({ sequence }) => sequence).join(" and ");
    yield `${describeAsked(first)} took effect at ${places} of shard ${first.shard}'s log`;
  }
}

/**
 * By shard, over all clients: what was acknowledged before something else was sent stands before
 * it. A shard's log is one order for everybody.
 */
function* reordered({ operations }: History, record: Indexed): Iterable<string> {
  const effects = operations.flatMap((operation) => {
    const effect = operation.outcome.kind === "done" ? record.effect(operation) : undefined;
    return effect === undefined ? [] : [{ operation, effect }];
  });
  for (const ofShard of Map.groupBy(effects, ({ effect }) => effect.shard).values()) {
    const byCompletion = ofShard.toSorted(
      (a, b) => a.operation.completedAtMs - b.operation.completedAtMs,
    );
    const byInvocation = ofShard.toSorted(
      (a, b) => a.operation.invokedAtMs - b.operation.invokedAtMs,
    );
    let next = 0;
    let last: (typeof ofShard)[number] | undefined;
    for (const later of byInvocation) {
      for (;;) {
        const earlier = byCompletion[next];
        if (earlier === undefined) break;
        if (earlier.operation.completedAtMs >= later.operation.invokedAtMs) break;
        if (last === undefined || isBehind(earlier.effect, last.effect)) last = earlier;
        next += 1;
      }
      if (last === undefined || isBehind(later.effect, last.effect)) continue;
      yield (
        `${describeAsked(later.operation)}, sent after ${describeAsked(last.operation)} was ` +
        `acknowledged, stands before it in the log of shard ${later.effect.shard} ` +
        `(${place(later.effect)} before ${place(last.effect)})`
      );
    }
  }
}

function isBehind(a: LoggedCommand, b: LoggedCommand): boolean {
  return a.sequence === b.sequence ? a.index > b.index : a.sequence > b.sequence;
}

function place({ sequence, index }: LoggedCommand): string {
  return `${sequence}.${index}`;
}

function* untrueAnswers({ operations }: History, record: Indexed): Iterable<string> {
  for (const operation of operations) {
    const { outcome } = operation;
    const attempts = record.attempts(operation);
    const effect = record.effect(operation);
    const name = describeAsked(operation);
    switch (outcome.kind) {
      case "done":
        if (attempts.length > 0 && !attempts.some((of) => isTold(of, outcome.order))) {
          yield (
            `${name} was answered ${words(outcome.order)}, and the log says ` +
            attempts.map(({ answer }) => words(answer?.order)).join(" or ")
          );
        }
        break;
      case "refused":
        // Whatever refused it: what a client was refused must not happen, not even later.
        if (effect !== undefined) {
          yield `${name} was refused (${outcome.reason}), and the log did it at ${place(effect)}`;
        } else if (outcome.isOfLog && attempts.length > 0 && !isRefusedFor(attempts, outcome)) {
          yield (
            `${name} was refused for ${outcome.reason}, and the log says ` +
            attempts.map(({ answer }) => answer?.reason ?? "nothing").join(" or ")
          );
        }
        break;
      case "not-done":
        if (effect !== undefined) {
          yield `${name} was told not to have happened, and the log did it at ${place(effect)}`;
        }
        break;
      case "unknown":
        break;
    }
  }
}

function isRefusedFor(attempts: readonly LoggedCommand[], { reason }: { reason: string }): boolean {
  return attempts.some(({ answer }) => answer?.reason === reason);
}

/** Also by an attempt that was refused: of a cancel, because an earlier one had done it. */
function isTold({ answer }: LoggedCommand, order: OrderState): boolean {
  const logged = answer?.order;
  if (logged === undefined) return false;
  return orderFields.every((field) => logged[field] === order[field]);
}

const orderFields = [
  "orderId",
  "status",
  "closeReason",
  "price",
  "quantity",
  "executed",
  "executedNotional",
  "fees",
  "revision",
] as const satisfies readonly (keyof OrderState)[];

function words(order: OrderState | undefined): string {
  if (order === undefined) return "nothing of an order";
  return orderFields.map((field) => `${field} ${String(order[field])}`).join(", ");
}

function told({ outcome }: Operation): string {
  if (outcome.kind === "done") return outcome.order.status;
  return outcome.kind === "refused" ? outcome.reason : outcome.kind;
}

/** What the exchange answers about accounts at the end is what the log comes to. */
function* untrueStandings({ standings }: History, { record }: Indexed): Iterable<string> {
  const rebuilt = new Map(record.standings.map((standing) => [standing.account, standing]));
  for (const standing of standings) {
    const truth = inWords(rebuilt.get(standing.account));
    const answer = inWords(standing);
    if (answer === truth) continue;
    yield `${standing.account} is told to have ${answer}, and by the log has ${truth}`;
  }
}

function inWords(standing: Standing | undefined): string {
  if (standing === undefined) return "no account";
  const balances = standing.balances.map(
    ([asset, available, reserved]) => `${available}+${reserved} ${asset}`,
  );
  const orders = standing.openOrders.length === 0 ? "none" : standing.openOrders.join(", ");
  return `${balances.sort().join(", ")}; open orders ${orders}`;
}

function* doubleFills(_history: History, { record }: Indexed): Iterable<string> {
  const seen = new Set<string>();
  const executed = new Map<string, number>();
  // The fills of an order whose account has moved are in the logs of several shards.
  const inTurn = record.fills.toSorted((a, b) => a.orderExecuted - b.orderExecuted);
  for (const fill of inTurn) {
    const key = fillKey(fill);
    const name = `${fill.account}'s order ${fill.orderId}`;
    if (seen.has(key)) yield `${name} was filled twice by trade ${fill.tradeId} of ${fill.symbol}`;
    seen.add(key);
    const orderKey = `${fill.account} ${fill.orderId}`;
    const sum = (executed.get(orderKey) ?? 0) + fill.quantity;
    executed.set(orderKey, sum);
    if (sum !== fill.orderExecuted) {
      yield `${name} has ${fill.orderExecuted} lots executed, its fills come to ${sum}`;
    }
    if (fill.orderExecuted > fill.orderQuantity) {
      yield `${name} of ${fill.orderQuantity} lots has ${fill.orderExecuted} executed`;
    }
  }
}

function fillKey(fill: Pick<LoggedFill, "account" | "orderId" | "tradeId">): string {
  return `${fill.account} ${fill.orderId} ${fill.tradeId}`;
}

function* lopsidedTrades(_history: History, { record }: Indexed): Iterable<string> {
  const left = new Map<string, number>();
  const keyOfTrade = (trade: { symbol: string; tradeId: number }): string =>
    `${trade.tradeId} of ${trade.symbol}`;
  for (const trade of record.trades) {
    const key = keyOfTrade(trade);
    if (left.has(key)) yield `trade ${key} was made twice`;
    left.set(key, 2 * trade.quantity);
  }
  for (const fill of record.fills) {
    if (fill.isTransfer) continue;
    const key = keyOfTrade(fill);
    left.set(key, (left.get(key) ?? 0) - fill.quantity);
  }
  for (const [key, lots] of left) {
    if (lots !== 0) yield `trade ${key}: its two sides were filled by ${-lots} lots too many`;
  }
}

/**
 * What clients heard of fills. Reports may be missed, and may be late: none may tell what did not
 * happen, or tell it again.
 */
function* untrueFills(
  { heardFills, heardEarlier }: History,
  { record }: Indexed,
): Iterable<string> {
  const logged = [...record.earlierFills, ...record.fills];
  const fills = new Map(logged.map((fill) => [fillKey(fill), fill]));
  const heard = new Set(heardEarlier.map(fillKey));
  for (const told of heardFills) {
    const key = fillKey(told);
    const name = `${told.account} was told of trade ${told.tradeId} for its order ${told.orderId}`;
    if (heard.has(key)) yield `${name} twice`;
    heard.add(key);
    const fill = fills.get(key);
    if (fill === undefined) yield `${name}, which is not in the log`;
    else if (fill.price !== told.price || fill.quantity !== told.quantity) {
      yield `${name} as ${told.quantity} at ${told.price}: it was ${fill.quantity} at ${fill.price}`;
    }
  }
}

function* unbalanced(_history: History, { record }: Indexed): Iterable<string> {
  for (const { asset, held, supplied } of record.sums) {
    if (held === supplied) continue;
    const what = held < supplied ? `${supplied - held} are lost` : `${held - supplied} came to be`;
    yield `${asset}: accounts hold ${held} units and ${supplied} were brought in: ${what}`;
  }
}

function* differingReplicas(_history: History, { record }: Indexed): Iterable<string> {
  yield* record.missing;
  for (const { node, shard, what, sequence, live, rebuilt } of record.replicas) {
    if (live === rebuilt) continue;
    yield (
      `${node} has ${what} hash ${live || "none"} at ${sequence} of shard ${shard}, a rebuild ` +
      `from the log has ${rebuilt || "none"}`
    );
  }
}
