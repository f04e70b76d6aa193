/** `outcry audit admin`: what administrators have done, from the logs alone. */
import { Command } from "commander";
import type { AdministrativeAct } from "../record/admin-commands.ts";
import { visible } from "../telemetry/visible-text.ts";
import type { CommonOptions } from "./output.ts";
import { print, renderTable } from "./output.ts";
import { isWithin, withRange } from "./record-bound.ts";
import type { Range } from "./record-bound.ts";
import { findCluster } from "./running-cluster.ts";

interface AdminFlags extends CommonOptions, Range {}

export function adminCommand(): Command {
  const command = new Command("admin").description(
    "Lists what administrators have done: when, who, why, who else agreed, and what came of it.",
  );
  return withRange(command).action(async (flags: AdminFlags) => {
    const [{ withEngine }, { ShardRebuild }, { AdministrativeActs }] = await Promise.all([
      import("./engine-access.ts"),
      import("./shard-rebuild.ts"),
      import("../record/admin-commands.ts"),
    ]);
    const acts = new AdministrativeActs();
    await withEngine(findCluster(flags), async ({ wholeLogs }) => {
      const nowhere = new Set<number>();
      for (const [shard, log] of wholeLogs.entries()) {
        const rebuild = new ShardRebuild({
          ...{ shard, shards: wholeLogs.length },
          onStep: (entry, step) => acts.hear(shard, entry, step),
        });
        const upTo = await log.head();
        await rebuild.advance(log, { upTo, chainsAt: nowhere, statesAt: nowhere });
      }
    });
    const found = acts.all().filter((act) => isWithin(act, flags));
    const shown = found.map(({ timeUs, ...act }) => ({ time: isoOf(timeUs), ...act }));
    print(flags, { ok: true, commands: shown }, () => renderActs(found));
  });
}

export function renderActs(acts: readonly AdministrativeAct[]): string {
  if (acts.length === 0) return "administrators have done nothing";
  return renderTable(
    ["TIME", "COMMAND", "OF", "AUTHOR", "REASON", "AGREED", "OUTCOME"],
    acts.map(({ timeUs, command, target, author, reason, approvals, outcome }) => {
      const agreed = agreedText(approvals);
      return [isoOf(timeUs), command, target, author, reason, agreed, outcome].map(visible);
    }),
  );
}

/** Whether a second person had a look. */
function agreedText(approvals: readonly string[]): string {
  const people = [...new Set(approvals)];
  return approvals.length > 1 && people.length === 1
    ? `${people.join("")} alone`
    : people.join(" and ");
}

function isoOf(timeUs: number): string {
  return new Date(timeUs / 1000).toISOString();
}
