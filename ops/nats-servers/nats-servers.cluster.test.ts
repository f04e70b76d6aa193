import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectEncrypted } from "node:tls";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { initCertificates } from "../credentials/certificates.ts";
import type { Keys } from "../credentials/keys.ts";
import { initKeys } from "../credentials/keys.ts";
import type { NatsServersEvent, NatsServersOptions } from "./nats-servers.ts";
import { NatsServers } from "./nats-servers.ts";
import { findFreePorts } from "./ports.ts";
import { findRunningServers, signalServer, stopRunningServers } from "./running-servers.ts";
import { serverFiles } from "./server-files.ts";
import { natsServerHere, TestCluster } from "./testing/test-cluster.ts";

let folder: string;
let keys: Keys;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "outcry-keys-"));
  keys = await initKeys(folder);
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("three nats-servers", () => {
  it("take a replicated stream as soon as they have started, and tell how they got there", async () => {
    const events: NatsServersEvent[] = [];
    await withCluster({ onEvent: (event) => events.push(event) }, async (cluster) => {
      await createLog(cluster);
      const kinds = events.map(({ kind }) => kind).filter((kind) => kind !== "server-waiting");
      expect(kinds).toEqual([
        ...Array<string>(3).fill("server-started"),
        ...Array<string>(3).fill("server-ready"),
        "leader-elected",
      ]);
    });
  });

  it("have everything again after all of them were stopped", async () => {
    await withCluster({}, async (cluster) => {
      await createLog(cluster);
      expect(await append(cluster)).toBe(1);
      await cluster.servers.stop();
      expect(await findRunningServers(cluster.dataDirectory)).toEqual([]);
      await cluster.servers.start();
      expect(await followers(cluster)).toEqual([true, true]);
      expect(await append(cluster)).toBe(2);
    });
  });

  it("do not hear Ctrl-C: each has a process group of its own", async () => {
    await withCluster({}, (cluster) => {
      for (const { pid } of cluster.servers.status()) {
        const group = execFileSync("ps", ["-o", "pgid=", "-p", String(pid)], { encoding: "utf8" });
        expect(Number(group)).toBe(pid);
      }
    });
  });

  it("keep their secret to themselves, and let nobody join who does not know it", async () => {
    await withCluster({}, async (cluster) => {
      const { configurationFile } = serverFiles(cluster.dataDirectory, "n1");
      expect(((await stat(configurationFile)).mode & 0o777).toString(8)).toBe("600");
      const port = cluster.servers.status()[0]?.ports.cluster ?? 0;
      expect(await joinWithoutSecret(port)).toContain("Authorization Violation");
    });
  });
});

describe("nats-servers that encrypt", () => {
  it("take a replicated stream, from those who know their authority", async () => {
    const tls = initCertificates(folder, ["127.0.0.1", "localhost"]);
    const ca = readFileSync(tls.authority, "utf8");
    await withCluster({ tls }, async (cluster) => {
      const engine = await cluster.connect({ role: "engine", name: "n1" }, { tls: { ca } });
      expect(engine.info?.tls_required).toBe(true);
      const manager = await jetstreamManager(engine);
      const log = { name: "LOG", subjects: ["log.>"], num_replicas: 3 };
      expect((await manager.streams.add(log)).cluster?.replicas).toHaveLength(2);
      const stranger = cluster.connect({ role: "engine", name: "n2" }, { reconnect: false });
      await expect(stranger).rejects.toThrow(/certificate/);
      const [server] = cluster.servers.status();
      expect(await greetInTheClear(server?.ports.client ?? 0)).not.toContain("PONG");
      expect(await joinWithoutCertificate(server?.ports.cluster ?? 0, ca)).toMatch(/CERTIFICATE/);
    });
  });
});

describe("a nats-server", () => {
  it("that was killed stays down, the others carry on, and it catches up when restarted", async () => {
    await withCluster({ restart: true, restartDelayMs: 10 }, async (cluster) => {
      await createLog(cluster);
      await cluster.servers.kill("n2");
      expect(phases(cluster.servers)).toEqual(["up", "down", "up"]);
      expect(await append(cluster)).toBe(1);
      expect(phases(cluster.servers)).toEqual(["up", "down", "up"]);
      await cluster.servers.restart("n2");
      expect(await followers(cluster)).toEqual([true, true]);
    });
  });

  it("that goes by itself is started again, again and again", async () => {
    const events: NatsServersEvent[] = [];
    const onEvent = (event: NatsServersEvent): unknown => events.push(event);
    await withCluster({ restart: true, restartDelayMs: 10, onEvent }, async (cluster) => {
      for (const round of [1, 2]) {
        expect(await signalServer(cluster.dataDirectory, "n3", "SIGKILL")).toBe(true);
        await until(() => events.filter(isReady("n3")).length === 1 + round);
      }
      expect(phases(cluster.servers)).toEqual(["up", "up", "up"]);
    });
  });

  it("that goes by itself stays down when nobody asked for more", async () => {
    const events: NatsServersEvent[] = [];
    const onEvent = (event: NatsServersEvent): unknown => events.push(event);
    await withCluster({ onEvent }, async (cluster) => {
      await signalServer(cluster.dataDirectory, "n3", "SIGKILL");
      await until(() => events.some(({ kind }) => kind === "server-exited"));
      expect(phases(cluster.servers)).toEqual(["up", "up", "down"]);
      expect(events.at(-1)).toMatchObject({ kind: "server-exited", name: "n3", expected: false });
    });
  });

  it("goes as a lame duck after its streams have moved to another", async () => {
    await withCluster({}, async (cluster) => {
      await createLog(cluster);
      const leader = (await logInfo(cluster)).cluster?.leader ?? "";
      await cluster.servers.lameDuck(leader);
      expect(cluster.servers.status().find(({ name }) => name === leader)?.phase).toBe("down");
      expect(await append(cluster)).toBe(1);
    });
  });

  it("that is paused is stopped all the same", async () => {
    const events: NatsServersEvent[] = [];
    await withCluster({ onEvent: (event) => events.push(event) }, async (cluster) => {
      await cluster.servers.kill("n1", "SIGSTOP");
      expect(phases(cluster.servers)).toEqual(["up", "up", "up"]);
      await cluster.servers.stop();
      const exits = events.filter(({ kind }) => kind === "server-exited");
      expect(exits).toHaveLength(3);
      for (const event of exits)
        expect(event).toMatchObject({ expected: true, exit: { signal: null } });
    });
  });

  it("that cannot read its store begins with an empty one, and fetches all from the others", async () => {
    const events: NatsServersEvent[] = [];
    const onEvent = (event: NatsServersEvent): unknown => events.push(event);
    const options = { restart: true, restartDelayMs: 10, readPatienceMs: 1000, onEvent };
    await withCluster(options, async (cluster) => {
      await createLog(cluster);
      expect(await append(cluster)).toBe(1);
      await expect.poll(() => followers(cluster), { timeout: 30_000 }).toEqual([true, true]);
      await cluster.servers.kill("n2");
      expect(await append(cluster)).toBe(2);
      const { storeDirectory } = serverFiles(cluster.dataDirectory, "n2");
      const isBlock = (file: string): boolean => file.endsWith("/streams/LOG/msgs/1.blk");
      const files = await readdir(storeDirectory, { recursive: true });
      const block = join(storeDirectory, files.find(isBlock) ?? "");
      // Whoever reads from a pipe that nobody writes to waits for ever.
      await rm(block);
      execFileSync("mkfifo", [block]);
      await cluster.servers.restart("n2");
      const asides = events.filter(({ kind }) => kind === "store-set-aside");
      const folder = join(storeDirectory, "unreadable");
      expect(asides).toEqual([{ kind: "store-set-aside", name: "n2", folder }]);
      expect(await readdir(storeDirectory)).toEqual(["jetstream", "unreadable"]);
      expect(await followers(cluster)).toEqual([true, true]);
      expect(await append(cluster)).toBe(3);
      expect(phases(cluster.servers)).toEqual(["up", "up", "up"]);
    });
  });

  it("that cannot read its store keeps it while it may hold the only copy of something", async () => {
    const events: NatsServersEvent[] = [];
    const onEvent = (event: NatsServersEvent): unknown => events.push(event);
    const options = { restart: true, readPatienceMs: 100, readyTimeoutMs: 8000, onEvent };
    await withCluster(options, async (cluster) => {
      await createLog(cluster);
      const { storeDirectory } = serverFiles(cluster.dataDirectory, "n2");
      const isOfLog = (file: string): boolean => file.endsWith("/streams/LOG");
      const logOf = async (): Promise<string | undefined> =>
        (await readdir(storeDirectory, { recursive: true })).find(isOfLog);
      // A follower makes its folder of a stream when it hears that it is one.
      await expect.poll(logOf, { timeout: 30_000 }).toBeDefined();
      await cluster.servers.kill("n2");
      const other = join(storeDirectory, (await logOf()) ?? "", "..", "OTHER");
      await mkdir(join(other, "msgs"), { recursive: true });
      execFileSync("mkfifo", [join(other, "meta.inf")]);
      await expect(cluster.servers.restart("n2")).rejects.toMatchObject({ code: "not-ready" });
      expect(events.filter(({ kind }) => kind === "store-set-aside")).toEqual([]);
    });
  });

  it("can be the only one", async () => {
    await withCluster({ count: 1 }, async (cluster) => {
      await createLog(cluster);
      expect(await append(cluster)).toBe(1);
      await cluster.servers.restart("n1");
      expect(await append(cluster)).toBe(2);
    });
  });
});

describe("a start", () => {
  it("is refused when a port is busy, and then nothing runs", async () => {
    const firstPorts = await findFreePorts(3);
    const holder = createServer().listen(firstPorts.monitor + 1, "127.0.0.1");
    await once(holder, "listening");
    await withServers({ firstPorts }, async (servers, dataDirectory) => {
      await expect(servers.start()).rejects.toMatchObject({
        code: "ports-busy",
        busyPorts: [
          { port: firstPorts.monitor + 1, what: "monitor port of n2", option: "monitor" },
        ],
      });
      expect(await findRunningServers(dataDirectory)).toEqual([]);
    });
    await once(holder.close(), "close");
  });

  it("is refused when servers of that data directory run already, and leaves them alone", async () => {
    await withCluster({ count: 1 }, async ({ dataDirectory, servers }) => {
      await withServers({ dataDirectory, count: 1 }, async (second) => {
        await expect(second.start()).rejects.toMatchObject({ code: "already-running" });
        await second.stop();
      });
      expect(phases(servers)).toEqual(["up"]);
      expect(await findRunningServers(dataDirectory)).toHaveLength(1);
    });
  });

  it("is refused when the data belongs to more servers", async () => {
    await withCluster({}, async ({ dataDirectory, servers }) => {
      await servers.stop();
      await withServers({ dataDirectory, count: 1 }, async (fewer) => {
        await expect(fewer.start()).rejects.toMatchObject({ code: "server-count-changed" });
      });
    });
  });

  it("fails with the server's own words when it ends at once", async () => {
    // Node does not know the option either.
    const binary = { path: process.execPath, version: "2.15.1" };
    await withServers({ binary }, async (servers) => {
      await expect(servers.start()).rejects.toMatchObject({
        code: "server-exited",
        message: expect.stringContaining("bad option: --config") as string,
      });
      expect(phases(servers)).toEqual(["down", "down", "down"]);
    });
  });

  it("fails when there is no such program", async () => {
    const binary = { path: join(folder, "missing"), version: "2.15.1" };
    await withServers({ binary }, async (servers) => {
      await expect(servers.start()).rejects.toMatchObject({ code: "server-exited" });
    });
  });

  it("that takes too long fails and says what it waited for", async () => {
    await withServers({ readyTimeoutMs: 0 }, async (servers, dataDirectory) => {
      await expect(servers.start()).rejects.toMatchObject({ code: "not-ready" });
      expect(await findRunningServers(dataDirectory)).toEqual([]);
    });
  });

  it("ends when the servers are stopped meanwhile", async () => {
    await withServers({}, async (servers, dataDirectory) => {
      const starting = servers.start();
      await until(() => phases(servers).includes("up"));
      await Promise.all([
        servers.stop(),
        expect(starting).rejects.toMatchObject({ code: "stopped" }),
      ]);
      expect(await findRunningServers(dataDirectory)).toEqual([]);
    });
  });
});

describe("another process", () => {
  it("finds the servers that run, by the data directory alone", async () => {
    await withCluster({}, async ({ dataDirectory, servers }) => {
      const running = servers.status().map(({ name, pid }) => ({ name, pid }));
      expect(await findRunningServers(dataDirectory)).toEqual(running);
      await servers.kill("n2");
      expect((await findRunningServers(dataDirectory)).map(({ name }) => name)).toEqual([
        "n1",
        "n3",
      ]);
      expect(await signalServer(dataDirectory, "n2", "SIGTERM")).toBe(false);
    });
  });

  it("stops servers that their supervisor has left behind, a paused one too", async () => {
    await withCluster({}, async ({ dataDirectory, servers }) => {
      await signalServer(dataDirectory, "n2", "SIGSTOP");
      expect(await stopRunningServers(dataDirectory)).toHaveLength(3);
      expect(await findRunningServers(dataDirectory)).toEqual([]);
      await until(() => phases(servers).every((phase) => phase === "down"));
    });
  });

  it("does not mistake a process that got the same id for a server", async () => {
    await withCluster({ count: 1 }, async ({ dataDirectory, servers }) => {
      await servers.stop();
      await writeFile(serverFiles(dataDirectory, "n1").pidFile, `${process.pid}\n`);
      expect(await findRunningServers(dataDirectory)).toEqual([]);
      expect(await signalServer(dataDirectory, "n1", "SIGKILL")).toBe(false);
    });
  });
});

async function withCluster(
  options: Partial<NatsServersOptions>,
  use: (cluster: TestCluster) => Promise<void> | void,
): Promise<void> {
  const cluster = await TestCluster.start({ keys, ...options });
  try {
    await use(cluster);
  } finally {
    await cluster.stop();
  }
}

/** Servers that nobody has started yet. */
async function withServers(
  options: Partial<NatsServersOptions>,
  use: (servers: NatsServers, dataDirectory: string) => Promise<void>,
): Promise<void> {
  const own = await mkdtemp(join(tmpdir(), "outcry-servers-"));
  const dataDirectory = options.dataDirectory ?? own;
  const firstPorts = await findFreePorts(3);
  const binary = natsServerHere();
  const servers = new NatsServers({ binary, firstPorts, keys, ...options, dataDirectory });
  try {
    await use(servers, dataDirectory);
  } finally {
    await servers.stop();
    await rm(own, { recursive: true, force: true });
  }
}

async function createLog(cluster: TestCluster): Promise<void> {
  const engine = await cluster.connect({ role: "engine", name: "n1" });
  const replicas = cluster.servers.urls.length;
  const { streams } = await jetstreamManager(engine);
  await streams.add({ name: "LOG", subjects: ["log.>"], num_replicas: replicas });
  await engine.close();
}

let messages = 0;

/** Appends one message to the log and returns its sequence. */
async function append(cluster: TestCluster): Promise<number> {
  const gateway = await cluster.connect({ role: "gateway-back", name: "gw1" });
  // An attempt whose answer was lost must not count twice.
  const msgID = `message ${messages++}`;
  const attempt = async (): Promise<number> => {
    const options = { msgID, timeout: 1000 };
    return (await jetstream(gateway).publish("log.0.1.gw1", "a frame", options)).seq;
  };
  let sequence = 0;
  // While the stream has no leader, attempts fail in several ways, and all of them pass.
  const append = async (): Promise<number> => (sequence = await attempt());
  await expect.poll(append, { timeout: 20_000 }).toBeGreaterThan(0);
  await gateway.close();
  return sequence;
}

async function logInfo(cluster: TestCluster) {
  const engine = await cluster.connect({ role: "engine", name: "n1" });
  const manager = await jetstreamManager(engine);
  const info = await manager.streams.info("LOG");
  await engine.close();
  return info;
}

/** Whether each of the log's followers has everything. */
async function followers(cluster: TestCluster): Promise<boolean[]> {
  return (await logInfo(cluster)).cluster?.replicas?.map(({ current }) => current) ?? [];
}

function phases(servers: NatsServers): string[] {
  return servers.status().map(({ phase }) => phase);
}

function isReady(name: string): (event: NatsServersEvent) => boolean {
  return (event) => event.kind === "server-ready" && event.name === name;
}

async function until(holds: () => boolean): Promise<void> {
  await expect.poll(holds, { timeout: 30_000, interval: 10 }).toBe(true);
}

/** What a cluster port answers to a server that wants to join without credentials. */
async function joinWithoutSecret(port: number): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(`CONNECT {"verbose":false,"tls_required":false,"name":"intruder"}\r\nPING\r\n`);
  let answer = "";
  try {
    for await (const chunk of socket) answer += String(chunk);
  } catch (error) {
    // A server that hangs up before it has read all resets the line.
    if ((error as NodeJS.ErrnoException).code !== "ECONNRESET") throw error;
  }
  return answer;
}

/** What a client port answers to somebody who does not encrypt. */
async function greetInTheClear(port: number): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(`CONNECT {"verbose":false,"tls_required":false}\r\nPING\r\n`);
  let answer = "";
  try {
    for await (const chunk of socket) answer += String(chunk);
  } catch (error) {
    // A server that hangs up before it has read all resets the line.
    if ((error as NodeJS.ErrnoException).code !== "ECONNRESET") throw error;
  }
  return answer;
}

/** Why a cluster port hangs up on a server that encrypts, but has no certificate to show. */
async function joinWithoutCertificate(port: number, ca: string): Promise<string> {
  let why = "ECONNRESET";
  // As often as the line is reset before the reason has been read.
  for (let attempt = 0; why === "ECONNRESET" && attempt < 20; attempt += 1) {
    why = await hungUpFor(port, ca);
  }
  return why;
}

function hungUpFor(port: number, ca: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connectEncrypted({ host: "127.0.0.1", port, ca });
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.on("close", () => resolve("it was closed without a word"));
  });
}
