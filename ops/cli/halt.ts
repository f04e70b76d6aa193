/** `outcry halt`: stops trading, in one instrument or everywhere. Cancels are taken all the same. */
import { Command } from "commander";
import type { CommonOptions } from "./output.ts";
import { print, withCommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

export interface InterventionOptions extends CommonOptions {
  readonly reason: string;
}

/** Whoever intervenes says why. */
export function withReason(command: Command): Command {
  return command.requiredOption("--reason <text>", "why, for the record (required)");
}

/** Whoever does something ordinary may say why. */
export function withReasonIfAny(command: Command): Command {
  return command.option("--reason <text>", "why, for the record");
}

/** What a request says of that. */
export function reasonIn({ reason }: ReasonIfAny): ReasonIfAny {
  return reason === undefined ? {} : { reason };
}

export interface ReasonIfAny {
  readonly reason?: string;
}

export function command(): Command {
  const halt = new Command("halt")
    .description("Halts trading: new and changed orders are refused, cancels are taken.")
    .argument("[symbol]", "the instrument (default: the whole venue)");
  return withCommonOptions(withReason(halt)).action(
    async (symbol: string | undefined, options: InterventionOptions) => {
      const { withAdmin, accepted } = await import("./exchange-access.ts");
      await withAdmin(findCluster(options), async (admin) => {
        const { reason } = options;
        accepted(await admin.halt({ reason, ...(symbol === undefined ? {} : { symbol }) }));
        const what = symbol ?? "the whole venue";
        print(options, { ok: true, symbol: symbol ?? null, reason }, () => `${what} is halted`);
      });
    },
  );
}
