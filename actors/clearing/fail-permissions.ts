/**
 * Fail permissions: who may trade what without having it, up to how much, and what that costs who
 * does not give it in time. Set by administrators; the account is told its limit, and what failing
 * costs is looked up when something fails.
 */
import {
  failPermissionIn,
  Fields,
  fieldsOfFailPermission,
  isFailPermissionSound,
  RejectReason,
} from "../../protocols/index.ts";
import type {
  AccountId,
  AssetId,
  FailPermission,
  SetFailPermission,
} from "../../protocols/index.ts";
import type { ActorContext } from "../actor.ts";
import { record } from "../governor/interventions.ts";
import type { Register } from "../governor/register.ts";
import { answer } from "../governor/tickets.ts";
import type { Tickets } from "../governor/tickets.ts";

const { none } = RejectReason;

export class FailPermissions {
  readonly #register: Register;
  readonly #tickets: Tickets;
  readonly #permissions = new Map<string, FailPermission>();

  constructor(register: Register, tickets: Tickets) {
    this.#register = register;
    this.#tickets = tickets;
  }

  /** In place of what the account had for that asset: one of no units is kept for what is owed. */
  set(command: SetFailPermission, context: ActorContext): RejectReason {
    const reason = this.#whyNot(command, context);
    if (reason !== none) return answer(context, reason);
    const { kind, author, reason: why, approvals: _, ...terms } = command;
    const { account, asset, limit } = terms;
    record({ kind }, { target: `${account} ${asset}`, author, reason: why }, context);
    this.#permissions.set(keyOf(account, asset), terms);
    const ticket = this.#tickets.take(context, 1);
    context.send({ kind: "apply-fail-permission", account, asset, limit, ticket });
    return none;
  }

  #whyNot(terms: FailPermission, { logic, venue }: ActorContext): RejectReason {
    if (!logic.hasClearing) return RejectReason["command-not-permitted"];
    if (!this.#register.accounts.has(terms.account)) return RejectReason["account-unknown"];
    if (!venue.hasAsset(terms.asset)) return RejectReason["asset-unknown"];
    return isFailPermissionSound(terms) ? none : RejectReason["fail-permission-invalid"];
  }

  of(account: AccountId, asset: AssetId): FailPermission | undefined {
    return this.#permissions.get(keyOf(account, asset));
  }

  /** By account and asset. */
  all(): readonly FailPermission[] {
    return [...this.#permissions].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, terms]) => terms);
  }

  snapshot(): SavedFailPermissions {
    return this.all().map(fieldsOfFailPermission);
  }

  restore(saved: SavedFailPermissions): void {
    for (const fields of saved) {
      const terms = failPermissionIn(new Fields(fields));
      this.#permissions.set(keyOf(terms.account, terms.asset), terms);
    }
  }
}

function keyOf(account: AccountId, asset: AssetId): string {
  return `${account} ${asset}`;
}

export type SavedFailPermissions = readonly (readonly unknown[])[];
