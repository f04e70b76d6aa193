/** `outcry custody wallets`: what is owed beside what wallets have, and what should be moved. */
import { Command, Option } from "commander";
import type { AdminClient } from "../../clients/sdk/index.ts";
import { ChainUnreachable } from "../custody/chain/chain.ts";
import { ChainLine } from "../custody/chain/chain-line.ts";
import { segregationCsv, segregationOf } from "../custody/segregation-report.ts";
import type { SegregationOfAsset, SegregationParts } from "../custody/segregation-report.ts";
import { readWallets, WalletsInvalid } from "../custody/wallets.ts";
import type { WalletsFile } from "../custody/wallets.ts";
import { withAdministratorOptions } from "./administrator.ts";
import type { AdministratorChoice } from "./administrator.ts";
import { wholeOf } from "./custody-text.ts";
import type { Assets } from "./custody-text.ts";
import { CommandFault, print, withCommonOptions, write } from "./output.ts";
import type { CommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

interface WalletsOptions extends CommonOptions, AdministratorChoice {
  readonly wallets: string;
  readonly csv?: boolean;
}

export function walletsCommand(): Command {
  const wallets = new Command("wallets")
    .description(
      "Shows what is owed of each asset beside what its wallets have, and what should be moved between " +
        "them: ./outcry custody wallets --wallets wallets.json",
    )
    .requiredOption("--wallets <file>", "the file of the wallets (required)")
    .addOption(new Option("--csv", "print CSV").conflicts("json"));
  return withCommonOptions(withAdministratorOptions(wallets)).action(
    async (options: WalletsOptions) => {
      const file = walletsIn(options.wallets);
      const { withAdmin } = await import("./exchange-access.ts");
      const act = async (admin: AdminClient) => {
        const [owed, { wallets: moved }, assets] = await Promise.all([
          admin.custody.segregation(),
          admin.custody.sweeps(),
          admin.assets(),
        ]);
        const report = await reportOf(file, { owed, moved });
        if (options.csv === true) write(segregationCsv(report));
        else print(options, { ok: true, assets: report }, () => renderWallets(report, assets));
      };
      await withAdmin(findCluster(options), act, options);
    },
  );
}

async function reportOf(
  { assets }: WalletsFile,
  known: Pick<SegregationParts, "owed" | "moved">,
): Promise<readonly SegregationOfAsset[]> {
  try {
    return await Promise.all(
      assets.map((each) => segregationOf(each, { ...known, chain: new ChainLine(each.chain) })),
    );
  } catch (error) {
    if (error instanceof ChainUnreachable) throw new CommandFault(error.code, error.message);
    throw error;
  }
}

function walletsIn(path: string): WalletsFile {
  try {
    return readWallets(path);
  } catch (error) {
    if (error instanceof WalletsInvalid) throw new CommandFault(error.code, error.message);
    throw error;
  }
}

export function renderWallets(report: readonly SegregationOfAsset[], assets: Assets): string {
  return report.map((each) => textOf(each, assets)).join("\n\n");
}

function textOf({ asset, wallets, sweeps, ...sums }: SegregationOfAsset, assets: Assets): string {
  const whole = (units: string): string => wholeOf(units, asset, assets);
  return [
    asset,
    `  owed        ${whole(sums.owed)}, of that being withdrawn ${whole(sums.withdrawing)}`,
    `  house       ${whole(sums.house)}, dust ${whole(sums.dust)}`,
    ...wallets.map(({ name, tier, balance, swept }) => {
      const moved = swept === "0" ? "" : `, of that by sweeps ${whole(swept)}`;
      return `  ${name.padEnd(11)} ${whole(balance)} (${tier})${moved}`;
    }),
    `  on chain    ${whole(sums.onChain)}, beyond what is due ${whole(sums.difference)}`,
    ...sweeps.map(({ from, to, amount, why, key }) => {
      const by = key === null ? `whoever has the key of ${from}` : `the key ${key}`;
      return `  to be moved: ${whole(amount)} from ${from} to ${to}, by ${by} (${why})`;
    }),
  ].join("\n");
}
