/**
 * Goal: a custodian that is started with its cluster has all that it needs, is watched as others
 * are, and pays and credits once though it and its chain are killed meanwhile.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { AdminClient, OutcryClient } from "../../clients/sdk/index.ts";
import { eventually } from "../../cluster/testing/eventually.ts";
import type { StatusReport } from "../cli/status-report.ts";
import { readClusterFile } from "../config/cluster-file.ts";
import { DataDirectory } from "../config/data-directory.ts";
import { demoAccount } from "../config/venue.ts";
import { CommandLine, freePortBase } from "../supervisor/testing/command-line.ts";
import { samplesIn } from "../telemetry/testing/exposition.ts";
import { tagged, walletOfKey } from "./chain/address.ts";
import { ChainLine } from "./chain/chain-line.ts";
import { nonceOf } from "./chain/transfer.ts";
import { testSigner } from "./testing/custody-world.ts";
import { hotWalletOf, readWallets } from "./wallets.ts";

const outcry = new CommandLine();
const file = (name: string): string => join(outcry.data, "mine", name);
const start = ["--agents", "none", "--shards", "2", "--nodes", "1", "--custodian"];
let ports: readonly string[] = [];
let admin: AdminClient;
let demo: OutcryClient;
let chain: ChainLine;
let hot = "";

beforeAll(async () => {
  ports = ["--port-base", String(await freePortBase(3))];
  await outcry.start(...start, ...ports, "--block-seconds", "1");
  await connect();
  const { assets } = readWallets(join(outcry.data, "custodian", "wallets.json"));
  const [btc] = assets;
  if (btc === undefined) throw new Error("there are no wallets");
  chain = new ChainLine(btc.chain);
  hot = hotWalletOf(btc).address;
});

afterAll(async () => {
  await admin.close();
  await demo.close();
  await outcry.release();
});

async function connect(): Promise<void> {
  const cluster = readClusterFile(DataDirectory.open(outcry.data));
  if (cluster === undefined) throw new Error("there is no cluster");
  const servers = cluster.servers.map(({ url }) => url);
  const timing = { deadlineMs: 30_000 };
  admin = await AdminClient.connect({
    ...{ servers, administrator: "admin", timing },
    credentials: readFileSync(cluster.credentials.admin, "utf8"),
  });
  demo = await OutcryClient.connect({
    ...{ servers, account: demoAccount, timing },
    credentials: readFileSync(cluster.credentials.demo, "utf8"),
  });
}

function urlOf(name: string): string {
  const cluster = readClusterFile(DataDirectory.open(outcry.data));
  return cluster?.processes.find((each) => each.name === name)?.telemetryUrl ?? "";
}

const status = () => outcry.json<StatusReport>("status");
const isUp = (name: string): Promise<void> =>
  eventually(
    async () =>
      (await status()).processes.some((each) => each.name === name && each.phase === "up"),
    { what: () => `${name} runs`, deadlineMs: 60_000, everyMs: 200 },
  );
const heldOf = async (): Promise<string> => {
  const owed = (await admin.custody.segregation()).find(({ asset }) => asset === "BTC");
  return String(BigInt(owed?.issued ?? 0) + BigInt(owed?.held ?? 0) + BigInt(owed?.dust ?? 0));
};

it("runs beside the others, and says what it waits for until rules name it", async () => {
  const { processes, custody, state } = await status();
  expect(state).toBe("well");
  expect(processes.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["custodian", "chain"]));
  expect(custody?.waiting).toEqual({ BTC: "the rules of BTC do not name custodian" });
  const [started, ready, live] = await Promise.all(
    ["started", "ready", "live"].map((of) => fetch(`${urlOf("custodian")}/healthz/${of}`)),
  );
  expect([started?.status, ready?.status, live?.status]).toEqual([200, 503, 200]);
});

it("is ready under rules that name it, with a wallet that has what is owed", async () => {
  mkdirSync(file(""), { recursive: true });
  for (const name of ["ann", "ben"]) await outcry.json("keys", "administrator", name);
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
  await chain.act({
    kind: "issue",
    nonce: nonceOf("owed"),
    outputs: [{ address: hot, amount: await heldOf() }],
  });
  await eventually(async () => (await fetch(`${urlOf("custodian")}/healthz/ready`)).ok, {
    what: () => "the custodian is ready",
    deadlineMs: 60_000,
  });
});

it("has everything arrive once, killed while it is under way, and its chain, too", async () => {
  const there = walletOfKey(testSigner(30).publicKey);
  await demo.custody.allowAddress({ asset: "BTC", address: there });
  const wanted = { asset: "BTC", address: there, amount: "7000", reference: "once" };
  expect(await demo.custody.request(wanted)).toMatchObject({ ok: true });
  const outputs = [{ address: tagged(hot, demoAccount), amount: "70" }];
  await chain.act({ kind: "issue", nonce: nonceOf("deposit"), outputs });
  for (const name of ["custodian", "chain", "custodian"]) {
    await isUp(name);
    await outcry.json("kill", name);
  }
  await isUp("custodian");
  let seen = "";
  await eventually(
    async () => {
      const withdrawals = (await demo.custody.withdrawals()).map((each) => each.status);
      const deposits = (await demo.custody.deposits()).deposits.map((each) => each.status);
      seen = [...withdrawals, ...deposits].join();
      return seen === "completed,credited";
    },
    { what: () => `all is over: ${seen}`, deadlineMs: 120_000, everyMs: 200 },
  );
  const listed = await outcry.json<{ deposits: { status: string }[] }>("deposit", "list");
  expect(listed.deposits).toMatchObject([{ status: "credited" }]);
  expect(await chain.balances([there])).toEqual(["7000"]);
  expect((await chain.balances([hot]))[0]).toBe(await heldOf());
});

it("tells what it watches as numbers", async () => {
  const value = async (name: string, wallet?: string): Promise<number | undefined> => {
    const text = await (await fetch(`${urlOf("custodian")}/metrics`)).text();
    return samplesIn(text).find(
      (sample) =>
        sample.name === `outcry_custodian_${name}` &&
        (wallet === undefined || sample.labels["wallet"] === wallet),
    )?.value;
  };
  expect(await value("waiting")).toBe(0);
  expect(await value("wallet_units", "hot")).toBe(Number(await heldOf()));
  expect(await value("wallet_least_units", "hot")).toBe(100_000_000);
  expect(await value("chain_blocks")).toBeGreaterThan(3);
});

it("goes on with the same keys and chain when the cluster is started anew", async () => {
  await admin.close();
  await demo.close();
  await outcry.run("stop");
  await outcry.start(...start, ...ports);
  await connect();
  expect((await chain.balances([hot]))[0]).toBe(await heldOf());
  const { assets } = readWallets(join(outcry.data, "custodian", "wallets.json"));
  expect(assets.map((each) => hotWalletOf(each).address)).toEqual([hot]);
});
