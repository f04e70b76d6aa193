/**
 * Goal: what compose.yaml says makes an exchange that survives the death of an engine node, of a
 * nats-server and of the database, with a history that has each trade once. Method: its own
 * services as containers, from images made of this machine, wherever a Docker engine can be had;
 * trades go through them as any customer's do, encrypted, and what customers were told is held
 * against SQL.
 */
import { chmodSync, chownSync, mkdtempSync, readdirSync } from "node:fs";
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ExecutionReport } from "../../clients/sdk/index.ts";
import { AdminClient, OutcryClient } from "../../clients/sdk/index.ts";
import { eventually } from "../../cluster/testing/eventually.ts";
import { DataDirectory } from "../config/data-directory.ts";
import { agentFundings } from "../config/venue.ts";
import { loadKeys } from "../credentials/keys.ts";
import { mintUser } from "../credentials/users.ts";
import { DatabaseUnavailable } from "../history/database.ts";
import { PostgresDatabase } from "../history/postgres-database.ts";
import { setUpVenue } from "../supervisor/venue-set-up.ts";
import { buildImage } from "./build-image.ts";
import { defaultDeployment, initDeployment } from "./deployment-keys.ts";
import { readComposeFile } from "./testing/compose-file.ts";
import {
  clientPort,
  ComposedContainers,
  databasePort,
  metricsPort,
} from "./testing/composed-containers.ts";
import { findDockerEngine } from "./testing/docker-engine.ts";
import { buildPostgresImage } from "./testing/postgres/build-image.ts";

const image = "outcry:under-test";
const postgresImage = "outcry-postgres:under-test";
const servers = ["n1", "n2", "n3"];
const engines = ["e1", "e2", "e3"];
const services = [...servers, ...engines, "gw-1", "gw-2", "ref-1", "prj-1", "csv-1", "postgres"];

const folder = mkdtempSync(join(tmpdir(), "outcry-containers-"));
const search = await findDockerEngine(folder);
const reason = "reason" in search ? search.reason : undefined;
if (reason !== undefined) process.stderr.write(`containers are not tested here: ${reason}\n`);

let containers: ComposedContainers | undefined;
/** As the projector is told it. */
let databaseUrl = "";
const clients: OutcryClient[] = [];
const path = fileURLToPath(new URL("./compose.yaml", import.meta.url));

describe.runIf(reason === undefined)("the containers of compose.yaml", () => {
  beforeAll(async () => {
    if (!("engine" in search)) return;
    process.env["DOCKER_HOST"] = search.engine.host;
    // It would be fetched from a registry; all that is started here is stopped here.
    process.env["TESTCONTAINERS_RYUK_DISABLED"] = "true";
    await buildImage(image, () => undefined);
    buildPostgresImage(postgresImage, image);
    const directory = DataDirectory.open(join(folder, "cluster"));
    const plan = { ...defaultDeployment, shards: 3, isEncrypted: true, reachedAt: [] };
    await initDeployment(directory, plan);
    const user = handOver(directory);
    const file = readComposeFile(path, {
      ...{ OUTCRY_IMAGE: image, OUTCRY_POSTGRES_IMAGE: postgresImage, OUTCRY_USER: user },
      ...{ OUTCRY_KEYS: directory.keys, OUTCRY_ARCHIVE_FOLDER: directory.archive },
    });
    containers = await ComposedContainers.start({ path, file, services });
    databaseUrl = readFileSync(join(directory.keys, "database", "url"), "utf8").trim();
    await openVenue(directory, containers);
  });

  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await containers?.stop();
    if ("engine" in search) await search.engine.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("trade", async () => {
    expect(await trade()).toBe("filled");
    await historyIsComplete();
  });

  it("tell of themselves, and are well by their own health checks", async () => {
    const file = readComposeFile(path);
    for (const name of ["n1", "e1", "gw-1", "prj-1", "csv-1", "postgres"]) {
      const service = file.services[name];
      expect(await containers?.healthCheck(name, service!), name).toBe(0);
    }
    const answer = await fetch(`http://${containers?.address("e1", metricsPort)}/metrics`);
    expect(await answer.text()).toContain("outcry_");
  });

  it("answer questions in SQL where the projector is", async () => {
    const sql = ["sql", "select count(*) from trades", "--json"];
    const program = ["/usr/bin/node", "/app/ops/cli/main.ts"];
    const { stdout = "" } = (await containers?.run("prj-1", [...program, ...sql])) ?? {};
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, rows: [[String(traded.length)]] });
  });

  it("can write to the archive where the command line looks for it", async () => {
    const { archive } = DataDirectory.open(join(folder, "cluster"));
    const write = 'require("fs").writeFileSync("/archive/written", "")';
    await containers?.run("e3", ["/usr/bin/node", "-e", write]);
    expect(readdirSync(archive)).toContain("written");
  });

  it("have an engine node hand over what it emits before it is stopped", async () => {
    const drain = ["/usr/bin/node", "/app/ops/deploy/drain-node.ts"];
    expect(await containers?.run("e2", drain)).toMatchObject({ exitCode: 0 });
    expect(await trade()).toBe("filled");
  });

  it("trade on when an engine node is killed", async () => {
    await containers?.kill("e1");
    expect(await trade()).toBe("filled");
  });

  it("trade on when the database is killed, of which history makes up for it all", async () => {
    await containers?.kill("postgres");
    for (let trades = 0; trades < 20; trades++) expect(await trade()).toBe("filled");
    await expect(inHistory("SELECT 1")).rejects.toThrow(DatabaseUnavailable);
    const health = `http://${containers?.address("prj-1", metricsPort)}/healthz/ready`;
    await eventually(async () => (await fetch(health)).status === 503, {
      what: "the projector says that it waits",
      everyMs: 100,
    });
    await containers?.startAgain("postgres");
    await historyIsComplete();
  });

  it("trade on when a nats-server is killed", async () => {
    await containers?.kill("n3");
    expect(await trade()).toBe("filled");
    await historyIsComplete();
  });

  it("have each trade in the CSV file once", async () => {
    await eventually(async () => (await inCsv()).length >= traded.length, {
      what: "the file has all trades",
      everyMs: 200,
    });
    const ids = await inHistory("SELECT trade_id FROM trades");
    expect((await inCsv()).toSorted()).toEqual(ids.toSorted());
  });

  it("tell each customer of all that it traded", async () => {
    for (const client of clients) {
      const { fills } = await client.fillHistory({ limit: 500 });
      expect(fills).toHaveLength(traded.length);
    }
  });

  it("have each fill in history once, as customers heard of it", async () => {
    const statement =
      "SELECT concat_ws(' ', shard, sequence, index, account, order_id, trade_id) FROM fills";
    const fills = await inHistory(statement);
    expect(fills).toHaveLength(2 * traded.length);
    expect(new Set(fills).size).toBe(fills.length);
    // A report may get lost with the server that carries it.
    expect(heard.length).toBeGreaterThan(traded.length);
    expect(heard.filter((fill) => !fills.includes(fill))).toEqual([]);
  });
});

/** To another user than the one who made it, where that is root: containers are not to be. */
function handOver({ path: data }: DataDirectory): string {
  const [uid = 0, gid = 0] = [process.getuid?.(), process.getgid?.()];
  if (uid !== 0) return `${uid}:${gid}`;
  const imageUser = 10_001;
  for (const entry of readdirSync(data, { recursive: true, encoding: "utf8" })) {
    chownSync(join(data, entry), imageUser, imageUser);
  }
  chownSync(data, imageUser, imageUser);
  chmodSync(folder, 0o755);
  return `${imageUser}:${imageUser}`;
}

const [maker, taker] = agentFundings;
const timing = { deadlineMs: 30_000 };

async function openVenue(directory: DataDirectory, running: ComposedContainers): Promise<void> {
  const line = {
    servers: servers.map((name) => `nats://${running.address(name, clientPort)}`),
    ca: readFileSync(join(directory.keys, "tls", "ca.crt"), "utf8"),
    timing,
  };
  const keys = await loadKeys(directory.keys);
  const administrator = "admin";
  const { creds } = await mintUser(keys, { role: "admin", name: administrator });
  const admin = await AdminClient.connect({ ...line, administrator, credentials: creds });
  await setUpVenue(admin, [maker!, taker!]);
  await admin.close();
  for (const { account } of [maker!, taker!]) {
    const user = await mintUser(keys, { role: "participant", name: account });
    const client = await OutcryClient.connect({ ...line, account, credentials: user.creds });
    client.onReports((reports) => reports.forEach(hear));
    clients.push(client);
  }
}

/** What customers were told: of each trade by both answers, of each fill by reports. */
const traded: string[] = [];
const heard: string[] = [];

function hear({ shard, sequence, index, account, orderId, tradeId }: ExecutionReport): void {
  if (tradeId !== undefined)
    heard.push([shard, sequence, index, account, orderId, tradeId].join(" "));
}

/** One sells, the other one buys: what became of the buyer's order. */
async function trade(): Promise<string> {
  const [seller, buyer] = clients;
  const terms = { symbol: "BTC-USDT", type: "limit", price: 6_400_000, quantity: 10 } as const;
  const sold = await seller?.place({ ...terms, side: "sell" });
  if (sold?.ok !== true) return JSON.stringify(sold);
  const bought = await buyer?.place({ ...terms, side: "buy" });
  if (bought?.ok !== true) return JSON.stringify(bought);
  const [sale, purchase] = [sold.order, bought.order];
  traded.push(
    [
      sale.orderId,
      purchase.orderId,
      purchase.price,
      purchase.executed,
      purchase.executedNotional,
    ].join(" "),
  );
  return purchase.status;
}

/** Over the network, as the projector does. */
async function inHistory(statement: string): Promise<readonly string[]> {
  const url = new URL(databaseUrl);
  url.host = containers?.address("postgres", databasePort) ?? "";
  const database = new PostgresDatabase(url.href);
  try {
    const { rows } = await database.ask({ statement });
    return rows.map(([cell]) => String(cell));
  } finally {
    await database.close();
  }
}

/** What the exporter has written, by the number of each trade. */
async function inCsv(): Promise<readonly string[]> {
  const read = 'process.stdout.write(require("fs").readFileSync("/data/csv/trades.csv"))';
  const result = await containers?.run("csv-1", ["/usr/bin/node", "-e", read]);
  const [, ...lines] = (result?.stdout ?? "").trimEnd().split("\n");
  return lines.map((line) => line.split(",").at(-1) ?? "");
}

/** Waits until it has as many trades as there were, and then for none that differs. */
async function historyIsComplete(): Promise<void> {
  const orders = "sell_order_id, buy_order_id";
  const statement = `SELECT concat_ws(' ', ${orders}, price, quantity, price * quantity) FROM trades`;
  let trades: readonly string[] = [];
  await eventually(async () => (trades = await inHistory(statement)).length >= traded.length, {
    what: () => `history has ${traded.length} trades, and not ${trades.length}`,
    everyMs: 100,
  });
  expect(trades.toSorted()).toEqual(traded.toSorted());
}
