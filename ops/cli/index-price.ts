/** `outcry index-price`: says what the index of a contract is. */
import { Command } from "commander";
import type { AdminClient } from "../../clients/sdk/index.ts";
import { reasonIn, withReasonIfAny } from "./halt.ts";
import type { ReasonIfAny } from "./halt.ts";
import { approvalsIn, isProposed, withApprovals } from "./approving.ts";
import type { ApprovingOptions } from "./approving.ts";
import { print } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

export function command(): Command {
  const index = new Command("index-price")
    .description("Publishes a contract's index: ./outcry index-price BTC-USDT-1226 65000.5")
    .argument("<symbol>", "the contract, whose terms name no instrument for its index")
    .argument("<price>", "its index");
  return withApprovals(withReasonIfAny(index)).action(async (...args) => {
    const [symbol, price, options] = args as [string, string, ApprovingOptions & ReasonIfAny];
    const { withAdmin, accepted, unitsOfSymbol } = await import("./exchange-access.ts");
    const act = async (admin: AdminClient) => {
      const ticks = (await unitsOfSymbol(admin, symbol)).ticksOf(price);
      const body = { symbol, price: ticks, ...reasonIn(options) };
      if (await isProposed(admin, { options, request: "indexPrice.publish", body })) return;
      accepted(await admin.publishIndexPrice({ ...body, ...approvalsIn(options) }));
      print(
        options,
        { ok: true, symbol, price: ticks },
        () => `${symbol} has its index at ${price}`,
      );
    };
    await withAdmin(findCluster(options), act, options);
  });
}
