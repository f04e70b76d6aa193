/** `outcry audit admin`: what administrators have done, from the logs alone. */
import { Command } from "commander";
import { momentOf } from "../past/past-place.ts";
import type { AdministrativeAct } from "../record/admin-commands.ts";
import { isDoubtful } from "../record/approval-proof.ts";
import { visible } from "../telemetry/visible-text.ts";
import type { CommonOptions } from "./output.ts";
import { print, renderTable } from "./output.ts";
import { isWithin, requireOrder, withRange } from "./record-bound.ts";
import type { Range } from "./record-bound.ts";
import { trustedBy, withTrust } from "./administrators-trusted.ts";
import type { TrustFlags } from "./administrators-trusted.ts";
import { findCluster } from "./running-cluster.ts";

interface AdminFlags extends CommonOptions, Range, TrustFlags {}

export function adminCommand(): Command {
  const command = new Command("admin").description(
    "Lists what administrators have done: when, who, why, who else agreed, and what came of it; exits " +
      "with 1 if somebody is said to have approved who did not sign.",
  );
  return withRange(withTrust(command)).action(async (flags: AdminFlags) => {
    requireOrder(flags);
    const [{ withEngine }, { ShardRebuild }, { AdministrativeActs }] = await Promise.all([
      import("./engine-access.ts"),
      import("./shard-rebuild.ts"),
      import("../record/admin-commands.ts"),
    ]);
    const cluster = findCluster(flags);
    const acts = new AdministrativeActs(trustedBy(flags, cluster.file.keys));
    await withEngine(cluster, async ({ wholeLogs }) => {
      for (const [shard, log] of wholeLogs.entries()) {
        const rebuild = new ShardRebuild({
          ...{ shard, shards: wholeLogs.length },
          onStep: (entry, step) => acts.hear(shard, entry, step),
        });
        await rebuild.show(log, await log.head());
      }
    });
    const found = acts.all().filter((act) => isWithin(act, flags));
    const shown = found.map(({ timeUs, ...act }) => ({ time: momentOf(timeUs), ...act }));
    const ok = !found.some(({ signatures }) => signatures.some(isDoubtful));
    print(flags, { ok, commands: shown }, () => renderActs(found));
    if (!ok) process.exitCode = 1;
  });
}

export function renderActs(acts: readonly AdministrativeAct[]): string {
  if (acts.length === 0) return "no administrator has done anything there";
  return renderTable(
    ["TIME", "COMMAND", "OF", "AUTHOR", "REASON", "AGREED", "OUTCOME"],
    acts.map(({ timeUs, command, target, author, reason, outcome, ...agreement }) => {
      const agreed = agreedText(agreement);
      return [momentOf(timeUs), command, target, author, reason, agreed, outcome].map(visible);
    }),
  );
}

type Agreement = Pick<AdministrativeAct, "approvals" | "signatures">;

/** Whether a second person had a look, and what is wrong with a signature. */
function agreedText({ approvals, signatures }: Agreement): string {
  const doubts = signatures.filter(isDoubtful);
  const people = [...new Set(approvals)];
  const text =
    approvals.length > 1 && people.length === 1 ? `${people.join("")} alone` : people.join(" and ");
  const doubted = doubts.map(({ approver, verdict }) => `${approver}: ${verdict}`);
  return doubted.length === 0 ? text : `${text} (${doubted.join(", ")})`;
}
