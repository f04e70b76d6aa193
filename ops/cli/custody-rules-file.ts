/** Rules of custody as people write them: a JSON file with amounts in whole assets. */
import { readFile } from "node:fs/promises";
import type { CustodyRules } from "../../protocols/api/custody-requests.ts";
import type { Asset } from "../../protocols/api/replies.ts";
import { amountOf } from "./natural-units.ts";
import { CommandFault } from "./output.ts";

const texts = ["custodian"] as const;
const counts = ["quorum", "coolOffSeconds", "confirmations"] as const;
const amounts = ["withdrawalMin", "withdrawalMax", "dailyMax", "depositMin"] as const;

/** What the exchange would refuse, it refuses; what cannot be counted is refused here. */
export async function rulesIn(file: string, asset: Asset): Promise<CustodyRules> {
  const fault = (why: string) => new CommandFault("file-unreadable", `--file ${file}: ${why}`);
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    throw fault(error instanceof Error ? error.message : String(error));
  }
  const fields = (value ?? {}) as Readonly<Record<string, unknown>>;
  for (const name of texts) {
    if (typeof fields[name] !== "string") throw fault(`\`${name}\` is to be a name`);
  }
  for (const name of counts) {
    if (!Number.isSafeInteger(fields[name])) throw fault(`\`${name}\` is to be a whole number`);
  }
  for (const name of amounts) {
    if (fields[name] === undefined) throw fault(`\`${name}\` is missing`);
  }
  const { approvers, tiers } = fields;
  if (!isListOfTexts(approvers)) throw fault("`approvers` is to be a list of names");
  if (!Array.isArray(tiers)) throw fault("`tiers` is to be a list");
  const amount = (text: unknown): string => amountOf(String(text), asset);
  return {
    ...(Object.fromEntries([...texts, ...counts].map((name) => [name, fields[name]])) as Pick<
      CustodyRules,
      (typeof texts)[number] | (typeof counts)[number]
    >),
    ...(Object.fromEntries(amounts.map((name) => [name, amount(fields[name])])) as Pick<
      CustodyRules,
      (typeof amounts)[number]
    >),
    asset: asset.asset,
    approvers,
    tiers: tiers.map((tier: unknown) => {
      const { from, needed } = (tier ?? {}) as Readonly<Record<string, unknown>>;
      if (typeof needed !== "number") throw fault("each of `tiers` is to have a number `needed`");
      return { from: amount(from), needed };
    }),
  };
}

function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
