/**
 * The names behind the numbers by which an order book knows owners and groups.
 *
 * Numbers are given out as names come, so equal histories give equal numbers.
 */
import { assert } from "../../protocols/index.ts";
import type { AccountId, ParticipantId } from "../../protocols/index.ts";
import { RecentMap } from "../recent-map.ts";

export class BookNames {
  readonly #accounts: AccountId[] = [];
  readonly #ownerOf = new RecentMap<AccountId, number>();
  readonly #participants: ParticipantId[] = [];
  readonly #groupOf = new RecentMap<ParticipantId, number>();

  ownerOf(account: AccountId): number {
    let owner = this.#ownerOf.get(account);
    if (owner === undefined) {
      owner = this.#accounts.push(account) - 1;
      this.#ownerOf.set(account, owner);
    }
    return owner;
  }

  accountOf(owner: number): AccountId {
    const account = this.#accounts[owner];
    assert(account !== undefined, "an order's owner is not known");
    return account;
  }

  /** From 1: 0 is no group. */
  groupOf(participant: ParticipantId): number {
    let group = this.#groupOf.get(participant);
    if (group === undefined) {
      group = this.#participants.push(participant);
      this.#groupOf.set(participant, group);
    }
    return group;
  }

  participantOf(group: number): ParticipantId {
    const participant = this.#participants[group - 1];
    assert(participant !== undefined, "an order's group is not known");
    return participant;
  }
}
