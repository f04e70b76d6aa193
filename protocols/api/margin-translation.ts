/** What is asked about margin as commands, and what is known of it as replies. */
import type { MarginView, PositionView } from "../margin.ts";
import type { AdminCommand } from "../messages.ts";
import type { MarginReply, PositionDetails, SetMarginAccountRequest } from "./margin-requests.ts";

export function marginAccountSet(author: string, request: SetMarginAccountRequest) {
  const { account, isMargin, reason } = request;
  const command: AdminCommand = { kind: "set-margin-account", account, isMargin, author, reason };
  return { kind: "command", command } as const;
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
  };
}

export function renderMargin({ isMargin, assets }: MarginView): MarginReply {
  return {
    ...{ ok: true, isMargin },
    assets: assets.map(({ asset, ...of }) => ({
      asset,
      cash: String(of.cash),
      unrealised: String(of.unrealised),
      equity: String(of.equity),
      initialMargin: String(of.initialMargin),
      maintenanceMargin: String(of.maintenanceMargin),
      free: String(of.free),
      liquidation: of.liquidation,
    })),
  };
}
