/**
 * Settlements: one account's part in rounds of settlement. It confirms a round once it has heard of
 * every trade in it, and settles its part when the clearing house says that the round is final.
 */
import {
  add,
  assert,
  callIn,
  Fields,
  fieldsOfCall,
  fieldsOfLeg,
  legIn,
  unreachable,
} from "../../protocols/index.ts";
import type {
  Amount,
  AssetId,
  AssetUnits,
  CivilDate,
  DeliveryCall,
  InstructSettlement,
  PostSettlement,
  SettlementLeg,
  SettlementMessage,
} from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import type { AccountState } from "./account-state.ts";

/** What the account is to settle in a round. */
interface Instruction {
  readonly date: CivilDate;
  readonly legs: readonly SettlementLeg[];
  /** Of deliveries one by one; once confirmed, with what was given for that, and nothing owed. */
  calls: readonly DeliveryCall[];
  isConfirmed: boolean;
}

export class Settlements {
  readonly #state: AccountState;
  /** By the number of the round, in the order of being told. */
  readonly #rounds = new Map<number, Instruction>();

  constructor(state: AccountState) {
    this.#state = state;
  }

  receive(message: SettlementMessage, context: ActorContext): void {
    switch (message.kind) {
      case "instruct-settlement":
        this.#instruct(message, context);
        return;
      case "post-settlement":
        this.#post(message, context);
        return;
      default:
        unreachable(message);
    }
  }

  /** A trade was heard of that is to be settled: rounds may have waited for it. */
  traded(context: ActorContext): void {
    if (this.#rounds.size > 0) this.#confirm(context);
  }

  #instruct({ round, date, legs, calls = [] }: InstructSettlement, context: ActorContext): void {
    assert(!this.#rounds.has(round), "a round is told twice");
    this.#rounds.set(round, { date, legs, calls, isConfirmed: false });
    this.#confirm(context);
  }

  #confirm(context: ActorContext): void {
    const { obligations } = this.#state.holdings;
    for (const [round, instruction] of this.#rounds) {
      const { date, legs, isConfirmed } = instruction;
      if (isConfirmed || !legs.every((leg) => obligations.covers(leg, date))) continue;
      if (!this.#hasHeardOf(instruction)) continue;
      for (const leg of legs) obligations.confirm(leg, date);
      const given = this.#cover(instruction);
      for (const { asset } of given) this.#state.risk.moved(asset, context);
      instruction.isConfirmed = true;
      const said = { kind: "settlement-confirmed", account: this.#state.id, round } as const;
      context.send(given.length === 0 ? said : { ...said, given });
    }
  }

  #hasHeardOf({ calls }: Instruction): boolean {
    const { deliveries } = this.#state.holdings;
    return calls.every((call) => deliveries.hasHeardOf(call, this.#heldIn(call.asset)));
  }

  /** What was given of an asset and is for rounds that were confirmed. */
  #heldIn(asset: AssetId): Amount {
    let held: Amount = 0;
    for (const { calls, isConfirmed } of this.#rounds.values()) {
      if (!isConfirmed) continue;
      for (const call of calls) if (call.asset === asset) held = add(held, call.given);
    }
    return held;
  }

  /** Gives what it has of what it owes. */
  #cover(instruction: Instruction): readonly AssetUnits[] {
    const { calls, date } = instruction;
    const covered = calls.map(({ asset, owed }) => {
      return { asset, units: this.#state.holdings.cover(asset, owed, date) };
    });
    instruction.calls = calls.map(({ asset, given }, at) => {
      return { asset, given: add(given, covered[at]!.units), owed: 0 };
    });
    return covered.filter(({ units }) => units > 0);
  }

  #post(message: PostSettlement, context: ActorContext): void {
    const { round, deliveries = [], penalties = [] } = message;
    const instruction = this.#rounds.get(round);
    assert(instruction?.isConfirmed === true, "a round is final that was not confirmed here");
    this.#rounds.delete(round);
    const { id: account, holdings, risk } = this.#state;
    const { date, legs } = instruction;
    for (const leg of legs) holdings.settleLeg(leg, date);
    for (const leg of deliveries) holdings.exchange(leg);
    const all = summed([...legs, ...deliveries]);
    context.emit({ kind: "account-settled", account, round, date, legs: all });
    for (const { asset } of deliveries) holdings.chargeDues(asset, 0, "fee");
    for (const { asset, units: penalty } of penalties) {
      const outstanding = holdings.chargeDues(asset, penalty, "penalty");
      context.emit({ kind: "penalty-charged", account, round, asset, penalty, outstanding });
    }
    for (const { asset } of [...all, ...penalties]) risk.moved(asset, context);
  }

  /** Undefined while nothing is under way. */
  snapshot(): SavedSettlements | undefined {
    if (this.#rounds.size === 0) return undefined;
    return [...this.#rounds].map(([round, { date, legs, calls, isConfirmed }]) => {
      const saved = [round, date, isConfirmed, legs.map(fieldsOfLeg)] as const;
      return calls.length === 0 ? saved : [...saved, calls.map(fieldsOfCall)];
    });
  }

  restore(saved: SavedSettlements): void {
    for (const [round, date, isConfirmed, legs, calls = []] of saved) {
      const read = legs.map((leg) => legIn(new Fields(leg)));
      const called = calls.map((call) => callIn(new Fields(call)));
      this.#rounds.set(round, { date, legs: read, calls: called, isConfirmed });
    }
  }
}

/** Legs of the same asset as one; by asset. */
function summed(legs: readonly SettlementLeg[]): readonly SettlementLeg[] {
  const sums = new Map<AssetId, SettlementLeg>();
  for (const { asset, deliver, receive } of legs) {
    const sum = sums.get(asset) ?? { asset, deliver: 0, receive: 0 };
    const both = { deliver: add(sum.deliver, deliver), receive: add(sum.receive, receive) };
    sums.set(asset, { asset, ...both });
  }
  return [...sums.values()].sort((a, b) => (a.asset < b.asset ? -1 : 1));
}

export type SavedSettlements = readonly (readonly [
  round: number,
  CivilDate,
  isConfirmed: boolean,
  legs: readonly (readonly unknown[])[],
  calls?: readonly (readonly unknown[])[],
])[];
