/** `outcry halt`: stops trading, in one instrument or everywhere. Cancels are taken all the same. */
import { Command } from "commander";
import type { AdminClient } from "../../clients/sdk/index.ts";
import { approvalsIn, isProposed, withApprovals } from "./approving.ts";
import type { ApprovingOptions } from "./approving.ts";
import { print } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

export interface InterventionOptions extends ApprovingOptions {
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
  return withApprovals(withReason(halt)).action(
    async (symbol: string | undefined, options: InterventionOptions) => {
      const { withAdmin, accepted } = await import("./exchange-access.ts");
      const { reason } = options;
      const act = async (admin: AdminClient) => {
        const body = { reason, ...(symbol === undefined ? {} : { symbol }) };
        if (await isProposed(admin, { options, request: "halt", body })) return;
        accepted(await admin.halt({ ...body, ...approvalsIn(options) }));
        const what = symbol ?? "the whole venue";
        print(options, { ok: true, symbol: symbol ?? null, reason }, () => `${what} is halted`);
      };
      await withAdmin(findCluster(options), act, options);
    },
  );
}
