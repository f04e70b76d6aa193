/** By whose word those are known who have approved of commands, now and before. */
import { join } from "node:path";
import type { Command } from "commander";
import type { Administrators } from "../../gateway/approvals/administrator-token.ts";
import { administratorsIn } from "../credentials/administrators.ts";
import { CommandFault } from "./output.ts";

export interface TrustFlags {
  /** Files. */
  readonly administrators: readonly string[];
}

export function withTrust(command: Command): Command {
  return command.option(
    "--administrators <file>",
    "also the token of an account that administrators were users of before keys were replaced",
    (file: string, before: readonly string[]) => [...before, file],
    [],
  );
}

/** Those of the cluster's own keys first. Throws `CommandFault` where a file that is named is not there. */
export function trustedBy(flags: TrustFlags, keys: string): readonly Administrators[] {
  const own = administratorsIn(join(keys, "accounts", "clients", "account.jwt"));
  const others = flags.administrators.map((file) => {
    const found = administratorsIn(file);
    if (found !== undefined) return found;
    throw new CommandFault("token-missing", `there is no ${file}`);
  });
  return own === undefined ? others : [own, ...others];
}
