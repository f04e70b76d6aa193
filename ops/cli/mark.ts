/** `outcry mark`: says what an instrument's mark price is. */
import { Command } from "commander";
import { reasonIn, withReasonIfAny } from "./halt.ts";
import type { ReasonIfAny } from "./halt.ts";
import type { CommonOptions } from "./output.ts";
import { print, withCommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

export function command(): Command {
  const mark = new Command("mark")
    .description("Publishes a mark price: ./outcry mark BTC-USDT 65000.5")
    .argument("<symbol>", "the instrument")
    .argument("<price>", "its mark price");
  return withCommonOptions(withReasonIfAny(mark)).action(async (...args) => {
    const [symbol, price, options] = args as [string, string, CommonOptions & ReasonIfAny];
    const { withAdmin, accepted, unitsOfSymbol } = await import("./exchange-access.ts");
    await withAdmin(findCluster(options), async (admin) => {
      const ticks = (await unitsOfSymbol(admin, symbol)).ticksOf(price);
      accepted(await admin.publishMarkPrice({ symbol, price: ticks, ...reasonIn(options) }));
      print(options, { ok: true, symbol, price: ticks }, () => `${symbol} is marked at ${price}`);
    });
  });
}
