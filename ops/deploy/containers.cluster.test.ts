/**
 * Goal: what compose.yaml says makes an exchange that survives the death of an engine node and of a
 * nats-server. Method: its own services as containers, from an image made of this machine, wherever
 * a Docker engine can be had; trades go through them as any customer's do, encrypted.
 */
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AdminClient, OutcryClient } from "../../clients/sdk/index.ts";
import { DataDirectory } from "../config/data-directory.ts";
import { agentFundings } from "../config/venue.ts";
import { loadKeys } from "../credentials/keys.ts";
import { mintUser } from "../credentials/users.ts";
import { setUpVenue } from "../supervisor/venue-set-up.ts";
import { buildImage } from "./build-image.ts";
import { defaultDeployment, initDeployment } from "./deployment-keys.ts";
import { readComposeFile } from "./testing/compose-file.ts";
import { clientPort, ComposedContainers, metricsPort } from "./testing/composed-containers.ts";
import { findDockerEngine } from "./testing/docker-engine.ts";

const image = "outcry:under-test";
const servers = ["n1", "n2", "n3"];
const engines = ["e1", "e2", "e3"];
const services = [...servers, ...engines, "gw-1", "gw-2", "ref-1"];

const folder = mkdtempSync(join(tmpdir(), "outcry-containers-"));
const search = await findDockerEngine(folder);
const reason = "reason" in search ? search.reason : undefined;
if (reason !== undefined) process.stderr.write(`containers are not tested here: ${reason}\n`);

let containers: ComposedContainers | undefined;
const clients: OutcryClient[] = [];
const path = fileURLToPath(new URL("./compose.yaml", import.meta.url));

describe.runIf(reason === undefined)("the containers of compose.yaml", () => {
  beforeAll(async () => {
    if (!("engine" in search)) return;
    process.env["DOCKER_HOST"] = search.engine.host;
    // It would be fetched from a registry; all that is started here is stopped here.
    process.env["TESTCONTAINERS_RYUK_DISABLED"] = "true";
    await buildImage(image, () => undefined);
    const directory = DataDirectory.open(join(folder, "cluster"));
    const plan = { ...defaultDeployment, shards: 3, isEncrypted: true, reachedAt: [] };
    await initDeployment(directory, plan);
    const { keys, user } = readableKeys(directory.keys);
    const variables = { OUTCRY_IMAGE: image, OUTCRY_USER: user, OUTCRY_KEYS: keys };
    const file = readComposeFile(path, variables);
    const volumes = join(folder, "volumes");
    containers = await ComposedContainers.start({ path, file, services, folder: volumes });
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
  });

  it("tell of themselves, and are well by their own health checks", async () => {
    const file = readComposeFile(path);
    for (const name of ["n1", "e1", "gw-1"]) {
      const service = file.services[name];
      expect(await containers?.healthCheck(name, service!), name).toBe(0);
    }
    const answer = await fetch(`http://${containers?.address("e1", metricsPort)}/metrics`);
    expect(await answer.text()).toContain("outcry_");
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

  it("trade on when a nats-server is killed", async () => {
    await containers?.kill("n3");
    expect(await trade()).toBe("filled");
  });
});

/** As another user than the one who made them, where that is root: containers are not to be. */
function readableKeys(keys: string): { readonly keys: string; readonly user: string } {
  const [uid = 0, gid = 0] = [process.getuid?.(), process.getgid?.()];
  if (uid !== 0) return { keys, user: `${uid}:${gid}` };
  const imageUser = 10_001;
  const copy = `${keys}-for-containers`;
  cpSync(keys, copy, { recursive: true });
  for (const entry of readdirSync(copy, { recursive: true, encoding: "utf8" })) {
    chownSync(join(copy, entry), imageUser, imageUser);
  }
  chownSync(copy, imageUser, imageUser);
  chmodSync(folder, 0o755);
  return { keys: copy, user: `${imageUser}:${imageUser}` };
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
    clients.push(await OutcryClient.connect({ ...line, account, credentials: user.creds }));
  }
}

/** One sells, the other one buys: what became of the buyer's order. */
async function trade(): Promise<string> {
  const [seller, buyer] = clients;
  const terms = { symbol: "BTC-USDT", type: "limit", price: 6_400_000, quantity: 10 } as const;
  const sold = await seller?.place({ ...terms, side: "sell" });
  if (sold?.ok !== true) return JSON.stringify(sold);
  const bought = await buyer?.place({ ...terms, side: "buy" });
  return bought?.ok === true ? bought.order.status : JSON.stringify(bought);
}
