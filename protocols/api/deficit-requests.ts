/** What is asked about losses that nobody has paid, and said in answer. */
import { Type } from "typebox";
import type { Static } from "typebox";
import type { DeficitView } from "../margin.ts";
import type { AdminCommand } from "../messages.ts";
import { parseAmount } from "../units.ts";
import { approvals } from "./approval-document.ts";
import { fieldFault } from "./errors.ts";
import {
  accountId,
  amount,
  assetId,
  closed,
  list,
  positiveAmount,
  remark,
  shard,
} from "./fields.ts";

export const coverDeficitRequest = Type.Object(
  {
    account: accountId("Who pays: the account, for the shard in which it lives."),
    asset: assetId(),
    amount: positiveAmount("How much; no more than is lacking there."),
    reason: remark("Why, for the record."),
    approvals,
  },
  closed,
);

export const deficitsRequest = Type.Object({}, closed);

export const deficit = Type.Object(
  { shard, asset: assetId(), amount: amount("What insurance funds lacked, and nobody has paid.") },
  { description: "Losses in contracts that nobody has paid yet, in one shard." },
);

export const deficitsReply = Type.Object({
  ok: Type.Literal(true),
  deficits: list(deficit, "By shard and asset."),
});

export type CoverDeficitRequest = Static<typeof coverDeficitRequest>;
export type DeficitsReply = Static<typeof deficitsReply>;

export function deficitCovered(author: string, request: CoverDeficitRequest) {
  const { account, asset, reason } = request;
  const amount = parseAmount(request.amount);
  if (amount === undefined) {
    const fault = fieldFault("amount", "It is more than a ledger can hold.");
    return { kind: "fault", fault } as const;
  }
  const paid = { account, asset, amount, author, reason };
  const command: AdminCommand = { kind: "make-good-deficit", ...paid };
  return { kind: "command", command } as const;
}

/** One shard's. */
export function renderDeficits(
  of: number,
  views: readonly DeficitView[],
): DeficitsReply["deficits"] {
  return views.map(({ asset, amount }) => ({ shard: of, asset, amount: String(amount) }));
}
