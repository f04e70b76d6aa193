/** `outcry reserves`: what the venue owes, signed, and proofs of it for each account. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import type { Shard } from "../../actors/index.ts";
import { parseCredentials } from "../../protocols/credentials.ts";
import { claimsIn } from "../credentials/token.ts";
import { momentOf, pastPlaceIn } from "../past/past-place.ts";
import { liabilitiesOf, LiabilitiesUnbalanced } from "../reserves/liabilities.ts";
import type { Liabilities } from "../reserves/liabilities.ts";
import {
  checkBook,
  isSameStatement,
  proveAccount,
  statementOf,
  verifyProof,
} from "../reserves/reserves-book.ts";
import { ReservesFault } from "../reserves/reserves-fault.ts";
import { checkStatement, signStatement } from "../reserves/statement.ts";
import type { Statement } from "../reserves/statement.ts";
import { administratorOf, withAdministratorOptions } from "./administrator.ts";
import type { AdministratorChoice } from "./administrator.ts";
import { CommandFault, print, renderTable, usageFault, withCommonOptions } from "./output.ts";
import type { CommonOptions } from "./output.ts";
import { findCluster } from "./running-cluster.ts";

export function command(): Command {
  return new Command("reserves")
    .description("States what is owed to accounts, and proves to each that it is in there.")
    .addCommand(snapshotCommand())
    .addCommand(proveCommand())
    .addCommand(verifyCommand());
}

interface SnapshotOptions extends CommonOptions, AdministratorChoice {
  readonly at?: string;
  readonly out: string;
}

function snapshotCommand(): Command {
  const snapshot = new Command("snapshot")
    .description(
      "Writes statement.json, to be published, and book.json, to be kept, of all that is owed: " +
        "./outcry reserves snapshot --out reserves",
    )
    .option("--at <time>", "as of a time such as 2026-11-22T10:00:00Z (default: now)")
    .requiredOption("--out <folder>", "where to; it is made where it is missing");
  return withCommonOptions(withAdministratorOptions(snapshot)).action(takeSnapshot);
}

async function takeSnapshot(options: SnapshotOptions): Promise<void> {
  const cluster = findCluster(options);
  const { credentials } = administratorOf(cluster.file, options);
  const place = placeIn(options.at, cluster.file.shards);
  const [{ withEngine }, { pastVenueOf }] = await Promise.all([
    import("./engine-access.ts"),
    import("./past-access.ts"),
  ]);
  const secret = randomBytes(32).toString("hex");
  const made = await withEngine(cluster, async (access) => {
    const venue = await pastVenueOf(cluster, access, place);
    await venue.rebuildAll();
    const pasts = await venue.rebuilt();
    const reports = await venue.reports();
    if (!reports.every(({ comparisons }) => comparisons.every(({ same }) => same))) {
      throw new CommandFault("hashes-differ", "a replica's hashes are not those of its log");
    }
    const shards = pasts.map(({ actors }) => actors);
    const at = {
      ...{ cluster: shards[0]?.cluster ?? "", timeUs: place.timeUs },
      shards: reports
        .slice(0, shards[0]?.shards)
        .map(({ shard, sequence, entries }) => ({ shard, sequence, entries })),
    };
    return statementOf(owedBy(shards), secret, at);
  });
  const signer = claimsIn(parseCredentials(credentials).jwt).sub;
  const statement = signStatement(made.statement, { credentials, signer });
  mkdirSync(options.out, { recursive: true });
  const [statementFile, bookFile] = ["statement.json", "book.json"].map((file) =>
    join(options.out, file),
  ) as [string, string];
  writeFileSync(statementFile, `${JSON.stringify(statement)}\n`);
  const book = { statement, secret, accounts: made.accounts };
  writeFileSync(bookFile, `${JSON.stringify(book)}\n`, { mode: 0o600 });
  print(options, { ok: true, statement, statementFile, bookFile }, () =>
    [statementText(statement), `published: ${statementFile}`, `kept: ${bookFile}`].join("\n"),
  );
}

function placeIn(at: string | undefined, shards: number): { readonly timeUs: number } {
  if (at === undefined) return { timeUs: Date.now() * 1000 };
  const place = pastPlaceIn(at, shards);
  if (place !== undefined && "timeUs" in place) return place;
  throw usageFault(`${JSON.stringify(at)} is no time, such as 2026-11-22T10:00:00Z`);
}

interface ProveOptions extends CommonOptions {
  readonly from: string;
  readonly out?: string;
}

function proveCommand(): Command {
  const prove = new Command("prove")
    .description("Makes the proof of one account: ./outcry reserves prove demo --from reserves")
    .argument("<account>", "whose")
    .requiredOption("--from <folder>", "what `snapshot` wrote")
    .option("--out <file>", "where to (default: standard output)");
  return withCommonOptions(prove).action((account: string, options: ProveOptions) => {
    const book = told(() => checkBook(jsonIn(join(options.from, "book.json"))));
    const proof = told(() => proveAccount(book, account));
    const text = JSON.stringify(proof);
    const { out } = options;
    if (out !== undefined) writeFileSync(out, `${text}\n`);
    print(options, { ok: true, proof, file: out ?? null }, () =>
      out === undefined ? text : `${account} can have ${out} checked by ./outcry reserves verify`,
    );
  });
}

interface VerifyOptions extends CommonOptions {
  readonly statement?: string;
  readonly signer?: string;
}

function verifyCommand(): Command {
  const verify = new Command("verify")
    .description("Checks a proof, without a cluster: ./outcry reserves verify demo.json")
    .argument("<file>", "the proof")
    .option(
      "--statement <file>",
      "the statement that was published: the proof is to be of that one",
    )
    .option("--signer <key>", "whose signature it is to have, U…");
  return withCommonOptions(verify).action((file: string, options: VerifyOptions) => {
    const { account, assets, statement } = told(() => {
      const proof = verifyProof(jsonIn(file));
      check(proof.statement, options);
      return proof;
    });
    const owed = assets.map(({ asset, amount }) => ({ asset, amount }));
    const result = { ok: true, account, assets: owed, signer: statement.signer };
    print(options, { ...result, timeUs: statement.timeUs }, () => {
      const rows = owed.map(({ asset, amount }) => [asset, amount]);
      return [
        `${account} is in the statement of ${statement.cluster} with`,
        renderTable(["ASSET", " UNITS"], rows),
        statementText(statement),
      ].join("\n");
    });
  });
}

function check(statement: Statement, { statement: file, signer }: VerifyOptions): void {
  if (file !== undefined && !isSameStatement(statement, checkStatement(jsonIn(file)))) {
    throw new ReservesFault("statement-other", "the proof is of another statement than that");
  }
  if (signer !== undefined && signer !== statement.signer) {
    throw new ReservesFault("signer-other", `it was signed by ${statement.signer}`);
  }
}

function statementText({ timeUs, assets, signer }: Statement): string {
  const rows = assets.map(({ asset, total, leaves, root }) => [asset, total, String(leaves), root]);
  return [
    renderTable(["ASSET", " OWED UNITS", " LEAVES", "ROOT"], rows),
    `as of ${momentOf(timeUs)}, signed by ${signer}`,
  ].join("\n");
}

function owedBy(shards: readonly Shard[]): Liabilities {
  try {
    return liabilitiesOf(shards);
  } catch (error) {
    if (!(error instanceof LiabilitiesUnbalanced)) throw error;
    throw new CommandFault("liabilities-unbalanced", error.message);
  }
}

/** What is found wrong, as a command says it. */
function told<Result>(act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    if (error instanceof ReservesFault) throw new CommandFault(error.code, error.message);
    throw error;
  }
}

function jsonIn(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as unknown;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandFault("file-unreadable", `${file}: ${why}`);
  }
}
