/**
 * Goal: the walk-through of docs/custody.md does what it says; and a custodian that is killed again
 * and again, on a chain that reorganises, pays every withdrawal once and has every deposit
 * credited once: at the end its wallet has what the ledger says.
 */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Server } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { AdminClient, NotPermitted, OutcryClient } from "../../clients/sdk/index.ts";
import { NatsWire } from "../../clients/sdk/nats-wire.ts";
import { eventually } from "../../cluster/testing/eventually.ts";
import { readClusterFile } from "../config/cluster-file.ts";
import { DataDirectory } from "../config/data-directory.ts";
import { clientSubjects } from "../../protocols/index.ts";
import { demoAccount } from "../config/venue.ts";
import { unrehearsed } from "../scripts/rehearsed.ts";
import { CommandLine, freePortBase } from "../supervisor/testing/command-line.ts";
import type { StartedProgram } from "../supervisor/testing/command-line.ts";
import { tagged, walletOfKey } from "./chain/address.ts";
import { serveChain } from "./chain/chain-line.ts";
import { SimulatedChain } from "./chain/simulated-chain.ts";
import { nonceOf, transactionOf } from "./chain/transfer.ts";
import { testSigner } from "./testing/custody-world.ts";

const outcry = new CommandLine();
const file = (name: string): string => join(outcry.data, "custody", name);
const transactions: string[] = [];
const chain = new SimulatedChain([], (act) => {
  if (act.kind === "submit") transactions.push(transactionOf(act.transfer));
});
const ended: (() => Promise<void>)[] = [];
let server: Server;
let hot = "";
let servers: readonly string[] = [];
let admin: AdminClient;
let demo: OutcryClient;

beforeAll(async () => {
  const ports = ["--port-base", String(await freePortBase(3))];
  await outcry.start("--agents", "none", "--shards", "2", "--nodes", "1", ...ports);
  const directory = DataDirectory.find(outcry.data);
  const cluster = directory && readClusterFile(directory);
  if (cluster === undefined) throw new Error("there is no cluster");
  servers = cluster.servers.map(({ url }) => url);
  mkdirSync(file(""), { recursive: true });
  writeFileSync(file("passphrase"), "a test's\n", { mode: 0o600 });
  chmodSync(file("passphrase"), 0o600);
  server = await serveChain(file("chain.sock"), chain);
  const timing = { deadlineMs: 30_000 };
  admin = await AdminClient.connect({
    ...{ servers, administrator: "admin", timing },
    credentials: readFileSync(cluster.credentials.admin, "utf8"),
  });
  demo = await OutcryClient.connect({
    ...{ servers, account: demoAccount, timing },
    credentials: readFileSync(cluster.credentials.demo, "utf8"),
  });
});
afterAll(async () => {
  for (const end of ended) await end();
  await admin.close();
  await demo.close();
  server.close();
  await outcry.release();
});

function startCustodian(): StartedProgram {
  const flags = ["--servers", servers.join(","), "--wallets", file("wallets.json")];
  const custodian = outcry.startCommand("run", "custodian", ...flags, "--poll-ms", "50");
  ended.push(async () => void (await custodian.signal("SIGKILL")));
  return custodian;
}

const heldOf = async (): Promise<string> => {
  const owed = (await admin.custody.segregation()).find(({ asset }) => asset === "BTC");
  return String(BigInt(owed?.issued ?? 0) + BigInt(owed?.held ?? 0) + BigInt(owed?.dust ?? 0));
};
const issue = (address: string, amount: string): void => {
  const nonce = nonceOf(`${address} ${String(Math.max(0, transactions.length))}`);
  const taken = chain.act({ kind: "issue", nonce, outputs: [{ address, amount }] });
  if (taken.kind === "taken") transactions.push(taken.transaction);
};

const findAll = (): void => {
  for (const transaction of transactions) chain.act({ kind: "find", transaction });
};

it("is set up as the page has it", async () => {
  for (const name of ["ann", "ben"]) await outcry.json("keys", "administrator", name);
  await outcry.json("keys", "custodian", "custodian");
  const keystore = ["--keystore", file("keys"), "--passphrase", file("passphrase")];
  const made = await outcry.json<{ wallet: string }>(
    "custody",
    "key",
    "create",
    "hot",
    ...keystore,
  );
  hot = made.wallet;
  const cold = walletOfKey(testSigner(9).publicKey);
  const wallets = [
    { name: "hot", tier: "hot", address: hot, key: "hot", least: "1", most: "9000000000000" },
    { name: "cold", tier: "cold", address: cold },
  ];
  const places = { folder: "keys", passphraseFile: "passphrase" };
  const assets = [{ asset: "BTC", chain: "chain.sock", wallets }];
  writeFileSync(file("wallets.json"), JSON.stringify({ venue: "test", keystore: places, assets }));
  const rules = {
    ...{ custodian: "custodian", approvers: ["ann", "ben"], quorum: 2, coolOffSeconds: 0 },
    ...{ withdrawalMin: "0.00001", withdrawalMax: "1", dailyMax: "100", confirmations: 3 },
    ...{ depositMin: "0.00000005", tiers: [{ from: "0", needed: 0 }] },
  };
  writeFileSync(file("btc.json"), JSON.stringify(rules));
  const set = ["custody", "policy", "set", "BTC", "--file", file("btc.json"), "--reason", "test"];
  await outcry.json(...set, "--propose", file("rules.json"));
  for (const name of ["ann", "ben"]) {
    const out = ["--as", name, "--out", file(`${name}.json`)];
    await outcry.json("approve", file("rules.json"), "--yes", ...out);
  }
  await outcry.json(...set, "--approval", file("ann.json"), "--approval", file("ben.json"));
});

it("has its wallet hold what is owed, and an address for every account", async () => {
  const line = ["--socket", file("chain.sock")];
  const issued = await heldOf();
  await outcry.json("custody", "chain", "issue", issued, hot, ...line);
  await outcry.json("custody", "chain", "mine", "12", ...line);
  startCustodian();
  await eventually(
    async () => (await demo.custody.deposits()).addresses.some(({ asset }) => asset === "BTC"),
    { what: "demo has an address", deadlineMs: 60_000 },
  );
  const { addresses } = await demo.custody.deposits();
  expect(addresses).toMatchObject([{ asset: "BTC", address: tagged(hot, demoAccount) }]);
  const wallets = ["custody", "wallets", "--wallets", file("wallets.json")];
  const { assets } = await outcry.json<{ assets: unknown }>(...wallets);
  expect(assets).toMatchObject([{ asset: "BTC", onChain: issued, difference: "0", sweeps: [] }]);
  await outcry.json("custody", "chain", "show", "--wallet", hot, ...line);
});

it("may ask for nothing but what a custodian has to say", async () => {
  const path = join(outcry.data, "keys", "users", "custodian", "custodian.creds");
  const credentials = readFileSync(path, "utf8");
  const inboxPrefix = "_INBOX._custodian.custodian";
  const line = await NatsWire.connect({ servers, credentials, inboxPrefix, name: "test" });
  const ask = (who: string, what: string) =>
    line.request(clientSubjects.admin(who, what), Buffer.from("{}"), { timeoutMs: 5000 });
  const released = ["custody.releaseWithdrawal", "custody.setPolicy", "deposit", "halt"];
  for (const what of released) {
    await expect(ask("custodian", what)).rejects.toBeInstanceOf(NotPermitted);
  }
  await expect(ask("admin", "custody.policies")).rejects.toBeInstanceOf(NotPermitted);
  expect(await ask("custodian", "custody.policies")).toMatchObject({ kind: "answered" });
  await line.close();
});

it("pays once and credits once, killed again and again while the chain reorganises", async () => {
  for (const end of ended.splice(0)) await end();
  const seed = Number(process.env["OUTCRY_SEED"] ?? Date.now() % 100_000);
  const chance = seededChance(seed);
  const said = `seed ${String(seed)}`;
  const places: string[] = [];
  const kills = 12;
  for (let kill = 0; kill < kills; kill++) {
    const custodian = startCustodian();
    const address = walletOfKey(testSigner(20 + kill).publicKey);
    await demo.custody.allowAddress({ asset: "BTC", address });
    const wanted = { asset: "BTC", address, amount: String(1000 + kill), reference: address };
    const asked = await demo.custody.request(wanted);
    expect(asked, said).toMatchObject({ ok: true });
    places.push(address);
    issue(tagged(hot, demoAccount), String(chance(99) + 1));
    // It dies after so many of its lines: wherever that is in what it does.
    const lines = 2 + chance(4);
    await eventually(
      () => {
        const what = chance(6);
        if (what === 0) {
          const lost = transactions[chance(transactions.length)] ?? "";
          chain.act({ kind: "reorganize", depth: 1 + chance(4), without: [lost] });
        } else if (what < 3) chain.act({ kind: "mine", blocks: 1 });
        else if (what === 3) findAll();
        return custodian.output.split("\n").length > lines;
      },
      {
        what: () => `${said}: the custodian says more than\n${custodian.output}`,
        deadlineMs: 60_000,
        everyMs: 40,
      },
    );
    await custodian.signal("SIGKILL");
  }
  startCustodian();
  await eventually(
    async () => {
      findAll();
      chain.act({ kind: "mine", blocks: 1 });
      const statuses = (await demo.custody.withdrawals()).map(({ status }) => status);
      const { deposits } = await demo.custody.deposits();
      const isOver = deposits.every(({ status }) => status === "credited" || status === "dust");
      return isOver && deposits.length === kills && statuses.every((each) => each === "completed");
    },
    { what: `${said}: all is over`, deadlineMs: 120_000, everyMs: 100 },
  );
  expect(await chain.balances(places), said).toEqual(places.map((_, at) => String(1000 + at)));
  expect((await chain.balances([hot]))[0], said).toBe(await heldOf());
});

it("has run every command of the walk-through", () => {
  const page = readFileSync(
    fileURLToPath(new URL("../../docs/custody.md", import.meta.url)),
    "utf8",
  );
  const from = page.indexOf("## The custodian");
  const section = page.slice(from, page.indexOf("\n## ", from + 1));
  expect(section).toContain("./outcry run custodian");
  expect(unrehearsed(section, outcry.ran)).toEqual([]);
});

/** Whole numbers below a bound, the same for the same seed (mulberry32). */
function seededChance(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % Math.max(1, below);
  };
}
