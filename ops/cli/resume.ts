/** `outcry resume`: lets trading go on that was halted. */
import { Command } from "commander";
import type { AdminClient } from "../../clients/sdk/index.ts";
import { withReason } from "./halt.ts";
import type { InterventionOptions } from "./halt.ts";
import { approvalsIn, isProposed, withApprovals } from "./approving.ts";
import { print } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

export function command(): Command {
  const resume = new Command("resume")
    .description("Resumes trading. An instrument's halt and the venue's are separate.")
    .argument("[symbol]", "the instrument (default: the whole venue)");
  return withApprovals(withReason(resume)).action(
    async (symbol: string | undefined, options: InterventionOptions) => {
      const { withAdmin, accepted } = await import("./exchange-access.ts");
      const { reason } = options;
      const act = async (admin: AdminClient) => {
        const body = { reason, ...(symbol === undefined ? {} : { symbol }) };
        if (await isProposed(admin, { options, request: "resume", body })) return;
        accepted(await admin.resume({ ...body, ...approvalsIn(options) }));
        const what = symbol ?? "the whole venue";
        print(options, { ok: true, symbol: symbol ?? null, reason }, () => `${what} trades again`);
      };
      await withAdmin(findCluster(options), act, options);
    },
  );
}
