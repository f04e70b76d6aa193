/** What is asked about margin as commands, and what is known of it as replies. */
import type { AccountId } from "../identifiers.ts";
import { MarginMode } from "../margin.ts";
import type { MarginView, PositionView } from "../margin.ts";
import type { MarginRequest } from "../margin-messages.ts";
import type { AdminCommand } from "../messages.ts";
import { nameIn } from "../order-terms.ts";
import { parseAmount } from "../units.ts";
import { fieldFault } from "./errors.ts";
import type { RequestFault } from "./errors.ts";
import type {
  MarginReply,
  MoveMarginRequest,
  PositionDetails,
  SetMarginAccountRequest,
  SetMarginModeRequest,
} from "./margin-requests.ts";

export function marginAccountSet(author: string, request: SetMarginAccountRequest) {
  const { account, isMargin, reason } = request;
  const command: AdminCommand = { kind: "set-margin-account", account, isMargin, author, reason };
  return { kind: "command", command } as const;
}

export function marginModeSet(account: AccountId, request: SetMarginModeRequest): MarginRequest {
  const { symbol, mode } = request;
  return { kind: "set-margin-mode", account, symbol, mode: MarginMode[mode] };
}

export function marginMoved(
  kind: "add-margin" | "remove-margin",
  account: AccountId,
  { symbol, amount: text, reference }: MoveMarginRequest,
): MarginRequest | { readonly kind: "fault"; readonly fault: RequestFault } {
  const amount = parseAmount(text);
  if (amount !== undefined) return { kind, account, symbol, amount, reference };
  return { kind: "fault", fault: fieldFault("amount", "It is more than a ledger can hold.") };
}

export function renderPosition(position: PositionView): PositionDetails {
  const { symbol, lots, markPrice, buys, sells } = position;
  return {
    ...{ symbol, lots, markPrice, buys, sells },
    cost: String(position.cost),
    entryNotional: String(position.entryNotional),
    unrealised: String(position.unrealised),
    initialMargin: String(position.initialMargin),
    maintenanceMargin: String(position.maintenanceMargin),
    mode: nameIn(MarginMode, position.mode),
    posted: String(position.posted),
    liquidationPrice: position.liquidationPrice,
    liquidation: position.liquidation,
  };
}

export function renderMargin({ isMargin, assets }: MarginView): MarginReply {
  return {
    ...{ ok: true, isMargin },
    assets: assets.map(({ asset, ...of }) => ({
      asset,
      cash: String(of.cash),
      posted: String(of.posted),
      unrealised: String(of.unrealised),
      equity: String(of.equity),
      initialMargin: String(of.initialMargin),
      maintenanceMargin: String(of.maintenanceMargin),
      free: String(of.free),
      liquidation: of.liquidation,
    })),
  };
}
