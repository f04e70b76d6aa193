/**
 * Settlements: one account's part in rounds of settlement. It confirms a round once it has heard of
 * every trade in it, and settles its part when the clearing house says that the round is final.
 */
import { assert, Fields, fieldsOfLeg, legIn, unreachable } from "../../protocols/index.ts";
import type {
  CivilDate,
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

  #instruct({ round, date, legs }: InstructSettlement, context: ActorContext): void {
    assert(!this.#rounds.has(round), "a round is told twice");
    this.#rounds.set(round, { date, legs, isConfirmed: false });
    this.#confirm(context);
  }

  #confirm(context: ActorContext): void {
    const { obligations } = this.#state.holdings;
    for (const [round, instruction] of this.#rounds) {
      const { date, legs, isConfirmed } = instruction;
      if (isConfirmed || !legs.every((leg) => obligations.covers(leg, date))) continue;
      for (const leg of legs) obligations.confirm(leg, date);
      instruction.isConfirmed = true;
      context.send({ kind: "settlement-confirmed", account: this.#state.id, round });
    }
  }

  #post({ round }: PostSettlement, context: ActorContext): void {
    const instruction = this.#rounds.get(round);
    assert(instruction?.isConfirmed === true, "a round is final that was not confirmed here");
    this.#rounds.delete(round);
    const { id: account, holdings } = this.#state;
    const { date, legs } = instruction;
    for (const leg of legs) holdings.settleLeg(leg, date);
    context.emit({ kind: "account-settled", account, round, date, legs });
  }

  /** Undefined while nothing is under way. */
  snapshot(): SavedSettlements | undefined {
    if (this.#rounds.size === 0) return undefined;
    return [...this.#rounds].map(([round, { date, legs, isConfirmed }]) => {
      return [round, date, isConfirmed, legs.map(fieldsOfLeg)] as const;
    });
  }

  restore(saved: SavedSettlements): void {
    for (const [round, date, isConfirmed, legs] of saved) {
      const read = legs.map((leg) => legIn(new Fields(leg)));
      this.#rounds.set(round, { date, legs: read, isConfirmed });
    }
  }
}

export type SavedSettlements = readonly (readonly [
  round: number,
  CivilDate,
  isConfirmed: boolean,
  legs: readonly (readonly unknown[])[],
])[];
