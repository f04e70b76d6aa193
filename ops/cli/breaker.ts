/** `outcry breaker`: halts the whole venue when the price of one instrument has fallen too far. */
import { Command, InvalidArgumentError } from "commander";
import type { AdminClient } from "../../clients/sdk/index.ts";
import type { BreakerLevel } from "../../protocols/messages.ts";
import { withReason } from "./halt.ts";
import type { InterventionOptions } from "./halt.ts";
import { approvalsIn, isProposed, withApprovals } from "./approving.ts";
import { print } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

interface BreakerOptions extends InterventionOptions {
  readonly level: readonly BreakerLevel[];
}

export function command(): Command {
  return new Command("breaker")
    .description(
      "Sets the market-wide breaker: " +
        "./outcry breaker set BTC-USDT --level 700:900 --reason opening",
    )
    .addCommand(setCommand());
}

function setCommand(): Command {
  const set = new Command("set")
    .description("Halts all instruments when one has fallen by a level since the day began.")
    .argument("<symbol>", "the instrument that is watched for the whole venue")
    .option(
      "--level <fall:seconds>",
      "a fall in hundredths of a percent, and for how long trading is halted then, 0 for the rest " +
        "of the day; once for each level, none for no breaker",
      levelOption,
      [],
    );
  return withApprovals(withReason(set)).action(async (symbol: string, options: BreakerOptions) => {
    const { withAdmin, accepted } = await import("./exchange-access.ts");
    const { level, reason } = options;
    const levels = level.map((each) => ({ ...each }));
    const act = async (admin: AdminClient) => {
      const body = { symbol, levels, reason };
      if (await isProposed(admin, { options, request: "breaker.set", body })) return;
      accepted(await admin.setBreaker({ ...body, ...approvalsIn(options) }));
      print(options, { ok: true, symbol, levels, reason }, () => {
        return levels.length === 0 ? "there is no breaker now" : `${symbol} is watched`;
      });
    };
    await withAdmin(findCluster(options), act, options);
  });
}

/** @internal */
export function levelOption(
  text: string,
  before: readonly BreakerLevel[],
): readonly BreakerLevel[] {
  const match = /^([0-9]{1,5}):([0-9]{1,5})$/.exec(text);
  if (match === null) {
    throw new InvalidArgumentError("It is a fall and a time, such as 700:900.");
  }
  const [, basisPoints, haltSeconds] = match;
  return [...before, { basisPoints: Number(basisPoints), haltSeconds: Number(haltSeconds) }];
}
