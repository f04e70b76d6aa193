/** `outcry custody assign`: whose what is that came to a tag of a wallet that nobody had. */
import { Command } from "commander";
import type { AdminClient } from "../../clients/sdk/index.ts";
import { approvalsIn, isProposed, withApprovals } from "./approving.ts";
import { withReason } from "./halt.ts";
import type { InterventionOptions } from "./halt.ts";
import { print } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

export function assignCommand(): Command {
  const assign = new Command("assign")
    .description(
      "Says that an address is an account's, for good, with the approvals of a quorum: what came there the " +
        "custodian reports then. ./outcry custody assign demo BTC sim1…:dmeo --reason 'mistyped' --propose a.json",
    )
    .argument("<account>", "whose")
    .argument("<asset>", "of which asset")
    .argument("<address>", "which address");
  return withApprovals(withReason(assign)).action(async (...args) => {
    const [account, asset, address, options] = args as [
      string,
      string,
      string,
      InterventionOptions,
    ];
    const { withAdmin, accepted } = await import("./exchange-access.ts");
    const request = "custody.assignAddress";
    const act = async (admin: AdminClient) => {
      const body = { account, asset, address, reason: options.reason };
      if (await isProposed(admin, { options, request, body })) return;
      accepted(await admin.custody.assignAddress({ ...body, ...approvalsIn(options) }));
      print(options, { ok: true, account, asset, address }, () => {
        return `what comes to ${address} is ${account}'s`;
      });
    };
    await withAdmin(findCluster(options), act, options);
  });
}
