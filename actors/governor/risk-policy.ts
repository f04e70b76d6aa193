/** Risk policy: the limits of risk and the groups of accounts, which all shards are told of. */
import { areRiskLimitsSound, RejectReason } from "../../protocols/index.ts";
import type { AccountId, RiskScope, SetRiskGroup, SetRiskLimits } from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import type { Register } from "./register.ts";
import { answer } from "./tickets.ts";
import type { Tickets } from "./tickets.ts";

const { none } = RejectReason;

export class RiskPolicy {
  readonly #register: Register;
  readonly #tickets: Tickets;

  constructor(register: Register, tickets: Tickets) {
    this.#register = register;
    this.#tickets = tickets;
  }

  setLimits(command: SetRiskLimits, context: ActorContext): RejectReason {
    const { scope, limits } = command;
    const reason = this.#whyNotLimits(command, context);
    if (reason !== none) return answer(context, reason);
    const ticket = this.#tickets.take(context, context.shards);
    for (let shard = 0; shard < context.shards; shard++) {
      context.send({ kind: "announce-risk-limits", shard, scope, limits, ticket });
    }
    return none;
  }

  setGroup({ account, group }: SetRiskGroup, context: ActorContext): RejectReason {
    const reason = this.#whyNotGroup(account, context);
    if (reason !== none) return answer(context, reason);
    const ticket = this.#tickets.take(context, context.shards);
    for (let shard = 0; shard < context.shards; shard++) {
      context.send({ kind: "announce-risk-group", shard, account, group, ticket });
    }
    return none;
  }

  #whyNotLimits({ scope, limits }: SetRiskLimits, context: ActorContext): RejectReason {
    if (!context.logic.hasRiskLimits) return RejectReason["command-not-permitted"];
    const { account } = scope;
    if (account !== "" && !this.#register.accounts.has(account)) {
      return RejectReason["account-unknown"];
    }
    const reason = whyNotPlace(scope, context);
    if (reason !== none) return reason;
    return areRiskLimitsSound(scope, limits) ? none : RejectReason["risk-limits-invalid"];
  }

  #whyNotGroup(account: AccountId, { logic }: ActorContext): RejectReason {
    if (!logic.hasRiskLimits) return RejectReason["command-not-permitted"];
    return this.#register.accounts.has(account) ? none : RejectReason["account-unknown"];
  }
}

/** Limits are of what there is. */
function whyNotPlace({ quote, symbol }: RiskScope, { venue }: ActorContext): RejectReason {
  if (symbol !== "" && venue.instrument(symbol) === undefined) {
    return RejectReason["instrument-unknown"];
  }
  const isKnown = quote === "" || venue.hasAsset(quote);
  return isKnown ? none : RejectReason["asset-unknown"];
}
