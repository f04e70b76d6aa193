/** Margin policy: which accounts may trade contracts, as administrators set it. */
import { RejectReason } from "../../protocols/index.ts";
import type { SetMarginAccount } from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import type { Register } from "./register.ts";
import { answer } from "./tickets.ts";
import type { Tickets } from "./tickets.ts";

const { none } = RejectReason;

export class MarginPolicy {
  readonly #register: Register;
  readonly #tickets: Tickets;

  constructor(register: Register, tickets: Tickets) {
    this.#register = register;
    this.#tickets = tickets;
  }

  setAccount({ account, isMargin }: SetMarginAccount, context: ActorContext): RejectReason {
    const reason = this.#whyNot(account, context);
    if (reason !== none) return answer(context, reason);
    const ticket = this.#tickets.take(context, 1);
    context.send({ kind: "apply-margin-account", account, isMargin, ticket });
    return none;
  }

  #whyNot(account: string, { logic }: ActorContext): RejectReason {
    if (!logic.hasContracts) return RejectReason["command-not-permitted"];
    return this.#register.accounts.has(account) ? none : RejectReason["account-unknown"];
  }
}
