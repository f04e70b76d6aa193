/** `outcry resume`: lets trading go on that was halted. */
import { Command } from "commander";
import { withReason } from "./halt.ts";
import type { InterventionOptions } from "./halt.ts";
import { print, withCommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

export function command(): Command {
  const resume = new Command("resume")
    .description("Resumes trading. An instrument's halt and the venue's are separate.")
    .argument("[symbol]", "the instrument (default: the whole venue)");
  return withCommonOptions(withReason(resume)).action(
    async (symbol: string | undefined, options: InterventionOptions) => {
      const { withAdmin, accepted } = await import("./exchange-access.ts");
      await withAdmin(findCluster(options), async (admin) => {
        const { reason } = options;
        accepted(await admin.resume({ reason, ...(symbol === undefined ? {} : { symbol }) }));
        const what = symbol ?? "the whole venue";
        print(options, { ok: true, symbol: symbol ?? null, reason }, () => `${what} trades again`);
      });
    },
  );
}
