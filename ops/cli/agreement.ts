/** What a person has to agree to before a command does it: losses, and that it is done at all. */
import { createInterface } from "node:readline/promises";
import { CommandFault } from "./output.ts";

export interface AgreementFlags {
  readonly yes?: boolean;
  readonly acceptLoss?: boolean;
}

/** What of a shard would be gone. */
interface Loss {
  readonly missing: number;
  /** What is left of it, and how much of that is restored. */
  readonly left: number;
  readonly restoredTo: number;
}

/** Throws `loss-not-accepted` unless there is no loss, or it was accepted. */
export function refuseLoss(
  { isLossy, shards }: { readonly isLossy: boolean; readonly shards: readonly Loss[] },
  { acceptLoss }: AgreementFlags,
  details: Readonly<Record<string, unknown>>,
): void {
  if (!isLossy || acceptLoss === true) return;
  const gone = shards.reduce((sum, of) => sum + of.missing + of.left - of.restoredTo, 0);
  throw new CommandFault(
    "loss-not-accepted",
    `at least ${gone} entries would be gone: look for something that has them, or say --accept-loss`,
    { details },
  );
}

/** Throws `not-confirmed` unless somebody says yes. */
export async function confirm({ yes }: AgreementFlags): Promise<void> {
  if (yes === true) return;
  const refused = new CommandFault("not-confirmed", "nothing was made: say --yes, or answer yes");
  if (!process.stdin.isTTY) throw refused;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question("Make a new cluster of this? [yes/no] ");
  terminal.close();
  if (answer.trim().toLowerCase() !== "yes") throw refused;
}
