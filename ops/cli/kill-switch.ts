/**
 * `outcry kill-switch`: cancels all orders of an account, a participant, an instrument or the venue,
 * and has new ones refused. Not to be confused with `outcry kill`, which kills a process in a drill.
 */
import { Argument, Command } from "commander";
import type { AdminClient } from "../../clients/sdk/index.ts";
import { killScopeWords } from "../../protocols/api/words.ts";
import { withReason } from "./halt.ts";
import type { InterventionOptions } from "./halt.ts";
import { countOption } from "./options.ts";
import { approvalsIn, isProposed, withApprovals } from "./approving.ts";
import type { ApprovingOptions } from "./approving.ts";
import { print, usageFault } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

type ScopeWord = (typeof killScopeWords)[number];

const access = () => import("./exchange-access.ts");

export function command(): Command {
  return new Command("kill-switch")
    .description(
      "Cancels all orders of a target and refuses new ones: armed first, then confirmed.",
    )
    .addCommand(armCommand())
    .addCommand(confirmCommand())
    .addCommand(releaseCommand());
}

function armCommand(): Command {
  const arm = new Command("arm").description(
    "Prepares a kill switch: nothing happens until it is confirmed, within a minute.",
  );
  return withTarget(arm).action(async (...args) => {
    const [scope, target, options] = args as [ScopeWord, string | undefined, InterventionOptions];
    const { reason } = options;
    const named = targetOf(scope, target);
    const { withAdmin, accepted } = await access();
    const act = async (admin: AdminClient) => {
      const body = { ...named, reason };
      if (await isProposed(admin, { options, request: "killSwitch.arm", body })) return;
      const { number } = accepted(await admin.armKillSwitch({ ...body, ...approvalsIn(options) }));
      print(options, { ok: true, number, ...named, reason }, () => {
        return `armed; within a minute: ./outcry kill-switch confirm ${String(number)}`;
      });
    };
    await withAdmin(findCluster(options), act, options);
  });
}

function confirmCommand(): Command {
  const confirm = new Command("confirm")
    .description("Throws a kill switch that was armed.")
    .argument("<number>", "what arming it said", countOption);
  return withApprovals(confirm).action(async (number: number, options: ApprovingOptions) => {
    const { withAdmin, accepted } = await access();
    const act = async (admin: AdminClient) => {
      const body = { number };
      if (await isProposed(admin, { options, request: "killSwitch.confirm", body })) return;
      accepted(await admin.confirmKillSwitch({ ...body, ...approvalsIn(options) }));
      print(options, { ok: true, number }, () => "thrown: its orders are canceled");
    };
    await withAdmin(findCluster(options), act, options);
  });
}

function releaseCommand(): Command {
  const release = new Command("release").description(
    "Lets what a kill switch has stopped trade again. Canceled orders do not come back.",
  );
  return withTarget(release).action(async (...args) => {
    const [scope, target, options] = args as [ScopeWord, string | undefined, InterventionOptions];
    const { reason } = options;
    const named = targetOf(scope, target);
    const { withAdmin, accepted } = await access();
    const act = async (admin: AdminClient) => {
      const body = { ...named, reason };
      if (await isProposed(admin, { options, request: "killSwitch.release", body })) return;
      accepted(await admin.releaseKillSwitch({ ...body, ...approvalsIn(options) }));
      print(options, { ok: true, ...named, reason }, () => {
        return `${target === undefined ? "the whole venue" : `${scope} ${target}`} is released`;
      });
    };
    await withAdmin(findCluster(options), act, options);
  });
}

function withTarget(command: Command): Command {
  const scope = new Argument("<scope>", "what is stopped").choices(killScopeWords);
  return withApprovals(
    withReason(
      command
        .addArgument(scope)
        .argument("[target]", "the account, participant or instrument; none for venue"),
    ),
  );
}

/** @internal */
export function targetOf(
  scope: ScopeWord,
  target: string | undefined,
): { readonly scope: ScopeWord; readonly target?: string } {
  if ((scope === "venue") !== (target === undefined)) {
    const message = scope === "venue" ? "the venue has no name" : `which ${scope}?`;
    throw usageFault(message);
  }
  return target === undefined ? { scope } : { scope, target };
}
