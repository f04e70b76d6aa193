/** Credentials against real servers: who gets in, who stays in, and what the way in is good for. */
import { copyFile, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { encodeUser, fmtCreds } from "@nats-io/jwt";
import { createUser, fromSeed } from "@nats-io/nkeys";
import { Objm } from "@nats-io/obj";
import { Svcm } from "@nats-io/services";
import type { ConnectionOptions, NatsConnection } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestCluster } from "../nats-servers/testing/test-cluster.ts";
import { initKeys, loadSigner } from "./keys.ts";
import type { User } from "./users.ts";
import { ensureUser, mintUser, signUser } from "./users.ts";

let cluster: TestCluster;
let elsewhere: string;
beforeAll(async () => {
  cluster = await TestCluster.start();
  elsewhere = await mkdtemp(join(tmpdir(), "outcry-keys-"));
});
afterAll(async () => {
  await cluster.stop();
  await rm(elsewhere, { recursive: true, force: true });
});

describe("a participant", () => {
  it("that was added while the servers run is let in by each of them", async () => {
    const { creds } = await mintUser(cluster.keys, { role: "participant", name: "newcomer" });
    for (const server of cluster.servers.urls) {
      const connection = await cluster.connectWith(creds, { servers: [server] });
      expect(connection.isClosed()).toBe(false);
    }
  });

  it("can be added with nothing but the role's signing key", async () => {
    const files = ["accounts/clients/account.jwt", "accounts/clients/participant.seed"];
    for (const file of files) {
      await mkdir(dirname(join(elsewhere, file)), { recursive: true });
      await copyFile(join(cluster.keys.directory, file), join(elsewhere, file));
    }
    const signer = await loadSigner(elsewhere, "participant");
    const connection = await cluster.connectWith(await signUser(signer, { name: "remote" }));
    expect(connection.isClosed()).toBe(false);
  });

  it("keeps its credentials from one start to the next", async () => {
    const user = { role: "participant", name: "regular" } as const;
    const first = await ensureUser(cluster.keys, user);
    expect(await ensureUser(cluster.keys, user)).toEqual(first);
    await cluster.connectWith(first.creds);
  });

  it("asks and is answered under its own inbox prefix, and only there", async () => {
    await serveDepth("gw-ask");
    const participant = await connectHere({ role: "participant", name: "asker" });
    const answer = await participant.request("outcry.v1.market.depth", "BTC-USDT");
    expect(answer.string()).toBe("depth of BTC-USDT");

    const unprefixed = { inboxPrefix: "_INBOX" };
    const stranger = await connectHere({ role: "participant", name: "asker" }, unprefixed);
    await expect(stranger.request("outcry.v1.market.depth", "BTC-USDT")).rejects.toThrow(
      /permissions violation for subscription/i,
    );
  });

  it("finds the services there are, with their endpoints and statistics", async () => {
    await serveDepth("gw-discovery");
    const participant = await connectHere({ role: "participant", name: "curious" });
    const client = new Svcm(participant).client({ maxWait: 500, strategy: "timer" });
    for (const answers of [await client.ping(), await client.info(), await client.stats()]) {
      const names = (await Array.fromAsync(answers)).map(({ name }) => name);
      expect(names).toContain("market");
    }
  });

  it("cannot have a gateway answer onto market data or somebody's reports", async () => {
    await serveDepth("gw-reflect");
    const victim = await connectHere({ role: "participant", name: "victim" });
    const heard: string[] = [];
    for (const subject of ["outcry.v1.md.>", "outcry.v1.acct.victim.reports"]) {
      victim.subscribe(subject, {
        callback: (error, message) => {
          if (error === null) heard.push(message.subject);
        },
      });
    }
    await victim.flush();

    const mallory = await connectHere({ role: "participant", name: "mallory" });
    for (const reply of ["outcry.v1.md.BTC-USDT.depth", "outcry.v1.acct.victim.reports"]) {
      mallory.publish("outcry.v1.market.depth", "BTC-USDT", { reply });
    }
    // The gateway answers in order: after this one it has answered the others as well.
    await mallory.request("outcry.v1.market.depth", "BTC-USDT");
    const publisher = await connectHere({ role: "publisher", name: "n1" });
    publisher.publish("outcry.v1.md.BTC-USDT.bbo");
    await publisher.flush();
    await victim.flush();
    expect(heard).toEqual(["outcry.v1.md.BTC-USDT.bbo"]);
  });

  it("has no streams", async () => {
    const participant = await cluster.connect({ role: "participant", name: "hoarder" });
    await expect(jetstreamManager(participant)).rejects.toThrow(/permissions violation/i);
  });
});

describe("credentials", () => {
  it("that have expired are refused", async () => {
    const expiresAtSeconds = Math.floor(Date.now() / 1000) - 10;
    const { creds } = await mintUser(cluster.keys, {
      role: "participant",
      name: "late",
      expiresAtSeconds,
    });
    await expect(cluster.connectWith(creds)).rejects.toThrow(/authorization violation/i);
  });

  it("that expire while in use end the connection", async () => {
    const expiresAtSeconds = Math.floor(Date.now() / 1000) + 2;
    const user = { role: "participant", name: "timely", expiresAtSeconds } as const;
    const connection = await cluster.connect(user, { reconnect: false });
    const error = await connection.closed();
    expect(error?.message).toMatch(/authentication expired/i);
  });

  it("that another cluster's keys have signed are refused", async () => {
    const foreign = await initKeys(join(elsewhere, "foreign"));
    const { creds } = await mintUser(foreign, { role: "admin", name: "root" });
    await expect(cluster.connectWith(creds)).rejects.toThrow(/authorization violation/i);
  });

  it("that another cluster's key has signed in this account's name are refused", async () => {
    const { signers } = await initKeys(join(elsewhere, "foreign"));
    const { accountId } = cluster.keys.signers.participant;
    const creds = await signUser({ ...signers.participant, accountId }, { name: "imposter" });
    await expect(cluster.connectWith(creds)).rejects.toThrow(/authorization violation/i);
  });

  it("in which a role's key grants more than the role are refused", async () => {
    const { seed, accountId } = cluster.keys.signers.participant;
    const signer = fromSeed(new TextEncoder().encode(seed));
    const user = createUser();
    const everything = { pub: { allow: [">"] }, sub: { allow: [">"] } };
    const jwt = await encodeUser("greedy", user, accountId, everything, { signer });
    const creds = new TextDecoder().decode(fmtCreds(jwt, user));
    await expect(cluster.connectWith(creds)).rejects.toThrow(/authorization violation/i);
  });

  it("without the matching private key are refused", async () => {
    const { creds } = await mintUser(cluster.keys, { role: "participant", name: "stolen" });
    const seed = new TextDecoder().decode(createUser().getSeed());
    const stolen = creds.replace(/^SU\w+$/m, seed);
    await expect(cluster.connectWith(stolen)).rejects.toThrow(/authorization violation/i);
  });

  it("can be taken from the written file by any NATS client", async () => {
    const { file, creds } = await mintUser(cluster.keys, { role: "participant", name: "filed" });
    expect(await readFile(file, "utf8")).toBe(creds);
  });
});

describe("the engine's account", () => {
  it("lets a gateway append as itself, and a node follow and keep snapshots", async () => {
    const engine = await cluster.connect({ role: "engine", name: "n1" });
    const manager = await jetstreamManager(engine);
    await manager.streams.add({ name: "LOG", subjects: ["log.>"], num_replicas: 3 });

    const gateway = await cluster.connect({ role: "gateway-back", name: "gw1" });
    await jetstream(gateway).publish("log.0.1.gw1", "a frame");
    await expect(jetstream(gateway).publish("log.0.1.gw2", "forged")).rejects.toThrow(
      /permissions violation/i,
    );

    const entry = await manager.streams.getMessage("LOG", { seq: 1 });
    expect(entry?.string()).toBe("a frame");
    const snapshots = await new Objm(engine).create("snapshots", { replicas: 3 });
    await snapshots.putBlob({ name: "one" }, new Uint8Array([1, 2, 3]));
    expect(Buffer.from((await snapshots.getBlob("one")) ?? [])).toEqual(Buffer.from([1, 2, 3]));
    await snapshots.delete("one");
  });

  it("lets only the keeper change or delete a stream", async () => {
    const engine = await jetstreamManager(await cluster.connect({ role: "engine", name: "n1" }));
    await engine.streams.add({ name: "OLD", subjects: ["old.>"] });
    await expect(engine.streams.update("OLD", { max_msgs: 1 })).rejects.toThrow(/permissions/i);
    await expect(engine.streams.delete("OLD")).rejects.toThrow(/permissions/i);
    const keeper = await jetstreamManager(await cluster.connect({ role: "keeper", name: "ops" }));
    expect(await keeper.streams.delete("OLD")).toBe(true);
  });
});

/** All to the same server, so that what one has subscribed to is known to the next. */
async function connectHere(user: User, options: ConnectionOptions = {}): Promise<NatsConnection> {
  return await cluster.connect(user, { servers: cluster.servers.urls.slice(0, 1), ...options });
}

async function serveDepth(gatewayName: string): Promise<void> {
  const gateway = await connectHere({ role: "gateway-front", name: gatewayName });
  const service = await new Svcm(gateway).add({ name: "market", version: "1.0.0" });
  service.addEndpoint("depth", {
    subject: "outcry.v1.market.depth",
    handler: (error, message) => {
      if (error === null) message.respond(`depth of ${message.string()}`);
    },
  });
  await gateway.flush();
}
