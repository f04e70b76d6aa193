/**
 * Goal: a custodian that is started with its cluster has all that it needs, is watched as others
 * are, and pays and credits once though it and its chain are killed meanwhile; and what
 * docs/custody.md says to type about withdrawals, deposits and sweeps works.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { AdminClient, OutcryClient } from "../../clients/sdk/index.ts";
import { eventually } from "../../cluster/testing/eventually.ts";
import type { StatusReport } from "../cli/status-report.ts";
import { readClusterFile } from "../config/cluster-file.ts";
import { DataDirectory } from "../config/data-directory.ts";
import { demoAccount } from "../config/venue.ts";
import { unrehearsed } from "../scripts/rehearsed.ts";
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

/** Has a command done that needs the approvals of both. */
async function approved(...command: readonly string[]): Promise<void> {
  const proposal = file("proposal.json");
  await outcry.json(...command, "--propose", proposal);
  const approvals: string[] = [];
  for (const name of ["ann", "ben"]) {
    const out = file(`${name}-${String(outcry.ran.length)}.json`);
    await outcry.json("approve", proposal, "--yes", "--as", name, "--out", out);
    approvals.push("--approval", out);
  }
  await outcry.json(...command, ...approvals);
}

/** Rules by which so many have to approve of each withdrawal. */
async function setRules({ needed }: { readonly needed: number }): Promise<void> {
  const rules = {
    ...{ custodian: "custodian", approvers: ["ann", "ben"], quorum: 2, coolOffSeconds: 0 },
    ...{ withdrawalMin: "0.00001", withdrawalMax: "1", dailyMax: "100", confirmations: 3 },
    ...{ depositMin: "0.00000005", tiers: [{ from: "0", needed }] },
  };
  writeFileSync(file("btc.json"), JSON.stringify(rules));
  const set = ["custody", "policy", "set", "BTC", "--file", file("btc.json"), "--reason", "test"];
  await approved(...set);
}

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
  await setRules({ needed: 0 });
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

interface Listed {
  readonly number: number;
  readonly status: string;
}
const because = ["--reason", "looked at"];
const withdrawalOf = async (
  reference: string,
): Promise<Listed & { readonly reference: string }> => {
  const withdrawals = await demo.custody.withdrawals();
  const found = withdrawals.find((each) => each.reference === reference);
  if (found === undefined) throw new Error(`no withdrawal ${reference}`);
  return found;
};

it("pays what was approved of, and nothing that was refused or taken back", async () => {
  await setRules({ needed: 1 });
  expect(await outcry.json("custody", "policy", "show")).toMatchObject({ ok: true });
  const there = walletOfKey(testSigner(31).publicKey);
  await outcry.json("withdrawal", "allow", "BTC", there);
  for (const reference of ["paid", "refused", "canceled"]) {
    const asked = ["0.0001", "BTC", there, "--reference", reference];
    await outcry.json("withdrawal", "request", ...asked);
  }
  const numberOf = async (reference: string) => String((await withdrawalOf(reference)).number);
  expect((await outcry.run("withdrawal", "pending")).stdout).toContain("demo");
  const paid = await numberOf("paid");
  const approval = file("paid.json");
  const approve = ["withdrawal", "approve", demoAccount, paid, ...because];
  await outcry.json(...approve, "--propose", file("w.json"));
  await outcry.json("approve", file("w.json"), "--yes", "--as", "ben", "--out", approval);
  await outcry.json(...approve, "--approval", approval);
  const refuse = ["withdrawal", "refuse", demoAccount, await numberOf("refused"), ...because];
  await outcry.json(...refuse);
  await outcry.json("withdrawal", "cancel", await numberOf("canceled"));
  const statuses = async (): Promise<string> => {
    const references = ["paid", "refused", "canceled"];
    return (await Promise.all(references.map(withdrawalOf))).map(({ status }) => status).join();
  };
  let seen = "";
  await eventually(async () => (seen = await statuses()) === "completed,refused,canceled", {
    what: () => `all is over: ${seen}`,
    deadlineMs: 60_000,
    everyMs: 200,
  });
  expect((await outcry.run("withdrawal", "list")).stdout).toContain("completed");
  expect(await chain.balances([there])).toEqual(["10000"]);
});

it("credits what came to nobody's address when a quorum has said whose that is", async () => {
  const [line] = readWallets(join(outcry.data, "custodian", "wallets.json")).assets;
  const socket = ["--socket", line?.chain ?? ""];
  const mistyped = tagged(hot, "dmeo");
  await outcry.json("custody", "chain", "issue", "7000", mistyped, ...socket);
  await outcry.json("custody", "chain", "mine", "3", ...socket);
  await approved("custody", "assign", demoAccount, "BTC", mistyped, "--reason", "mistyped");
  await eventually(
    async () => {
      const { deposits } = await demo.custody.deposits();
      return deposits.some(({ address, status }) => address === mistyped && status === "credited");
    },
    { what: () => "it is credited", deadlineMs: 60_000, everyMs: 200 },
  );
  expect((await outcry.run("deposit", "address", "BTC")).stdout).toContain(hot);
  expect((await outcry.run("custody", "segregation")).stdout).toContain("BTC");
  await outcry.json("account", "create", "mallory");
  await outcry.json("kill-switch", "arm", "account", "mallory", "--reason", "a deposit is lost");
});

it("moves between wallets what it proposed and a quorum approved of", async () => {
  const [line] = readWallets(join(outcry.data, "custodian", "wallets.json")).assets;
  const warm = line?.wallets.find(({ name }) => name === "warm")?.address ?? "";
  const amount = String(2000n * 100_000_000n);
  await outcry.json("custody", "chain", "issue", amount, hot, "--socket", line?.chain ?? "");
  const sweeps = async (): Promise<readonly (Listed & { readonly amount: string })[]> =>
    (await admin.custody.sweeps()).sweeps;
  await eventually(async () => (await sweeps()).length === 1, {
    what: () => "a sweep is proposed",
    deadlineMs: 60_000,
    everyMs: 200,
  });
  await approved("custody", "sweep", "approve", "BTC", "1", ...because);
  await eventually(async () => (await sweeps())[0]?.status === "done", {
    what: () => "it is done",
    deadlineMs: 60_000,
    everyMs: 200,
  });
  const [moved] = await sweeps();
  expect(await chain.balances([warm])).toEqual([moved?.amount]);
  expect((await outcry.run("custody", "sweep", "list")).stdout).toContain("done");
  const wallets = join(outcry.data, "custodian", "wallets.json");
  const { stdout } = await outcry.run("custody", "wallets", "--wallets", wallets);
  expect(stdout).toContain("warm");
  expect((await outcry.run("audit", "admin")).stdout).toContain("sweep");
});

it("has run every command of the page about all that", () => {
  const file = fileURLToPath(new URL("../../docs/custody.md", import.meta.url));
  const page = readFileSync(file, "utf8");
  const sections = page.split(/\n(?=## )/).filter((section) => {
    return /^## (Rules|Withdrawals|Deposits|Who owes what|Sweeps)\n/.test(section);
  });
  expect(sections.length).toBe(5);
  expect(unrehearsed(sections.join("\n"), outcry.ran)).toEqual([]);
});
