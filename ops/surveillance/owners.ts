/**
 * Who stands behind the accounts of the venue: their participants, as the log says, and groups of
 * related accounts and participants, as the compliance officer says.
 *
 * The officer keeps the relations in a file:
 *
 *     groups:
 *       - name: smith-family
 *         members: [account/alice, participant/acme]
 *         reason: spouses, by the onboarding papers
 */
import { isAccountId } from "../../protocols/index.ts";
import type { AccountId, ParticipantId } from "../../protocols/index.ts";
import type { OrderEntry, OwnerName } from "./market-acts.ts";
import { fieldsIn, SettingsFault } from "./settings-fault.ts";

export interface RelatedGroup {
  readonly name: string;
  /** `account/<name>` or `participant/<name>`; each in one group at most. */
  readonly members: readonly string[];
  /** For people. */
  readonly reason: string;
}

export interface OwnersOf {
  /**
   * A group if there is one that names the account, or else its participant; or the participant.
   */
  ownerOf(account: AccountId, participant: ParticipantId): OwnerName;
}

/** By name, so that it can be written down in one way only. */
export class Owners implements OwnersOf {
  readonly groups: readonly RelatedGroup[];
  readonly #groupOf = new Map<string, OwnerName>();

  constructor(groups: readonly RelatedGroup[] = []) {
    this.groups = groups.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    for (const { name, members } of groups) {
      for (const member of members) this.#groupOf.set(member, `group/${name}`);
    }
  }

  ownerOf(account: AccountId, participant: ParticipantId): OwnerName {
    return (
      this.#groupOf.get(`account/${account}`) ??
      this.#groupOf.get(`participant/${participant}`) ??
      `participant/${participant}`
    );
  }
}

/** Whether nothing changes hands when these two trade. */
export function areRelated(a: OrderEntry, b: OrderEntry): boolean {
  return a.owner === b.owner || a.participant === b.participant;
}

/** Reads relations as a file has them; throws {@link SettingsFault}. */
export function ownersIn(data: unknown): Owners {
  const { groups = [] } = fieldsIn(data, "the file", ["groups"]);
  if (!Array.isArray(groups)) throw new SettingsFault("groups is not a list");
  const read = groups.map(groupIn);
  const groupOf = new Map<string, string>();
  for (const { name, members } of read) {
    for (const member of [`group ${name}`, ...members]) {
      const other = groupOf.get(member);
      if (other !== undefined) throw new SettingsFault(`${member} is there twice`);
      groupOf.set(member, name);
    }
  }
  return new Owners(read);
}

function groupIn(data: unknown, index: number): RelatedGroup {
  const where = `group ${index + 1}`;
  const { name, members, reason = "" } = fieldsIn(data, where, ["name", "members", "reason"]);
  if (typeof name !== "string" || !isAccountId(name)) {
    throw new SettingsFault(`the name of ${where} is not one such as smith-family`);
  }
  if (!Array.isArray(members) || members.length < 2) {
    throw new SettingsFault(`group ${name} needs a list of two members or more`);
  }
  if (typeof reason !== "string") throw new SettingsFault(`the reason of group ${name} is no text`);
  return { name, members: members.map((member) => memberIn(member, name)), reason };
}

function memberIn(data: unknown, group: string): string {
  const [kind, name = ""] = typeof data === "string" ? data.split("/", 2) : [];
  if ((kind !== "account" && kind !== "participant") || !isAccountId(name)) {
    const told = JSON.stringify(data);
    throw new SettingsFault(
      `group ${group} names ${told}, which is neither account/<name> nor participant/<name>`,
    );
  }
  return `${kind}/${name}`;
}
