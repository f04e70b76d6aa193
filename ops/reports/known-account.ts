/** Whether there is an account that a report is asked for. */
import type { Account } from "../../actors/account/account.ts";
import type { Shard } from "../../actors/index.ts";
import type { AccountId } from "../../protocols/index.ts";
import { ReportFault } from "./report-fault.ts";

/** Where it lives; undefined for one that is between two shards, or that there is not. */
export function accountIn(shards: readonly Shard[], id: AccountId): Account | undefined {
  return shards.flatMap((shard) => [shard.account(id), shard.fees]).find((each) => each?.id === id);
}

/** Throws {@link ReportFault} for an account of which nobody has ever heard anything. */
export function requireAccount(
  shards: readonly Shard[],
  id: AccountId | undefined,
  hasFacts: boolean,
): void {
  if (id === undefined || hasFacts || accountIn(shards, id) !== undefined) return;
  throw new ReportFault("account-unknown", `there was no account ${id}`);
}
