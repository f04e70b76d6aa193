/** `outcry mark`: says what an instrument's mark price is. */
import { Command } from "commander";
import type { AdminClient } from "../../clients/sdk/index.ts";
import { reasonIn, withReasonIfAny } from "./halt.ts";
import type { ReasonIfAny } from "./halt.ts";
import { approvalsIn, isProposed, withApprovals } from "./approving.ts";
import type { ApprovingOptions } from "./approving.ts";
import { print } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

export function command(): Command {
  const mark = new Command("mark")
    .description("Publishes a mark price: ./outcry mark BTC-USDT 65000.5")
    .argument("<symbol>", "the instrument")
    .argument("<price>", "its mark price");
  return withApprovals(withReasonIfAny(mark)).action(async (...args) => {
    const [symbol, price, options] = args as [string, string, ApprovingOptions & ReasonIfAny];
    const { withAdmin, accepted, unitsOfSymbol } = await import("./exchange-access.ts");
    const act = async (admin: AdminClient) => {
      const ticks = (await unitsOfSymbol(admin, symbol)).ticksOf(price);
      const body = { symbol, price: ticks, ...reasonIn(options) };
      if (await isProposed(admin, { options, request: "markPrice.publish", body })) return;
      accepted(await admin.publishMarkPrice({ ...body, ...approvalsIn(options) }));
      print(options, { ok: true, symbol, price: ticks }, () => `${symbol} is marked at ${price}`);
    };
    await withAdmin(findCluster(options), act, options);
  });
}
