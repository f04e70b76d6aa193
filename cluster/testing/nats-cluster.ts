/**
 * A cluster of real nats-servers on this machine, to be broken by tests.
 *
 * Every process it starts ends with it: at `stop`, and also when the test fails or is killed.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findNatsServer, supportsSyncAlways } from "../../ops/setup/nats-server.mjs";
import { assert } from "../../protocols/assert.ts";
import { eventually } from "./eventually.ts";
import { freePorts } from "./free-ports.ts";
import { NatsServerProcess } from "./nats-server-process.ts";
import { ProcessGuard } from "./process-guard.ts";

export interface NatsClusterOptions {
  /** 3 unless told otherwise. */
  readonly serversCount?: number;
}

export class NatsCluster {
  readonly #servers: ReadonlyMap<string, NatsServerProcess>;
  readonly #guard: ProcessGuard;

  private constructor(servers: readonly NatsServerProcess[], guard: ProcessGuard) {
    this.#servers = new Map(servers.map((server) => [server.name, server]));
    this.#guard = guard;
  }

  /** Starts servers `n1`, `n2`, ... and resolves when their JetStream is ready for work. */
  static async start(options: NatsClusterOptions = {}): Promise<NatsCluster> {
    const attemptsMax = 3;
    for (let attempt = 1; ; attempt += 1) {
      const cluster = await NatsCluster.#prepare(options.serversCount ?? 3);
      try {
        for (const server of cluster.#servers.values()) server.start();
        await cluster.healthy();
        return cluster;
      } catch (error) {
        await cluster.stop();
        // Somebody may have taken one of the ports meanwhile.
        if (attempt === attemptsMax) throw error;
      }
    }
  }

  static async #prepare(serversCount: number): Promise<NatsCluster> {
    const found = findNatsServer();
    assert(
      found !== undefined,
      "these tests need a nats-server: npm run setup finds or builds one",
    );
    const folder = mkdtempSync(join(tmpdir(), "outcry-nats-"));
    const guard = new ProcessGuard(folder);
    const ports = await freePorts(serversCount * 3);
    const portOf = (kind: number, index: number): number => ports[kind * serversCount + index]!;
    const indexes = Array.from({ length: serversCount }, (_, index) => index);
    const servers = indexes.map((index) => {
      const [client, monitor, cluster] = [0, 1, 2].map((kind) => portOf(kind, index));
      assert(client !== undefined && monitor !== undefined && cluster !== undefined);
      const options = {
        name: `n${index + 1}`,
        binary: found.path,
        folder,
        ports: { client, monitor, cluster },
        routePorts: indexes.filter((other) => other !== index).map((other) => portOf(2, other)),
        syncAlways: supportsSyncAlways(found.version),
      };
      return new NatsServerProcess(options, guard);
    });
    return new NatsCluster(servers, guard);
  }

  get names(): readonly string[] {
    return [...this.#servers.keys()];
  }

  /** Where every server listens, in the order of their names. */
  get urls(): readonly string[] {
    return [...this.#servers.values()].map((server) => server.url);
  }

  url(name: string): string {
    return this.#server(name).url;
  }

  /** The server that listens there, as a client names the one it is connected to. */
  nameOf(hostAndPort: string): string {
    const found = [...this.#servers.values()].find((server) => server.url.endsWith(hostAndPort));
    assert(found !== undefined, `no server listens on ${hostAndPort}`);
    return found.name;
  }

  /** Where a server keeps what it stores. */
  storeOf(name: string): string {
    return this.#server(name).storeFolder;
  }

  isRunning(name: string): boolean {
    return this.#server(name).isRunning;
  }

  /** Ends one server and resolves when its process is gone. */
  async kill(name: string, signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    await this.#server(name).kill(signal);
  }

  /** Starts a killed server on its old store, and resolves when it answers. */
  async restart(name: string): Promise<void> {
    const server = this.#server(name);
    server.start();
    await server.answers();
  }

  /** The process stays and its connections too, but it does nothing until resumed. */
  async pause(name: string): Promise<void> {
    await this.#server(name).kill("SIGSTOP");
  }

  async resume(name: string): Promise<void> {
    await this.#server(name).kill("SIGCONT");
  }

  /** Resolves when every running server says that it has all it should have. */
  async healthy(): Promise<void> {
    const running = [...this.#servers.values()].filter((server) => server.isRunning);
    await Promise.all(running.map((server) => server.healthy()));
  }

  /** The name of the server that leads a stream, once there is one and it runs. */
  async leaderOf(stream: string): Promise<string> {
    let leader: string | undefined;
    await eventually(
      async () => {
        leader = await this.#currentLeaderOf(stream);
        return leader !== undefined && this.isRunning(leader);
      },
      { what: `stream ${stream} has a leader`, deadlineMs: 30_000, everyMs: 20 },
    );
    assert(leader !== undefined);
    return leader;
  }

  /** The name of the server that places streams and says which there are, once there is one. */
  async metaLeader(): Promise<string> {
    let leader = "";
    await eventually(
      async () => {
        for (const server of this.#servers.values()) {
          if (!server.isRunning) continue;
          const { meta_cluster } = (await server.monitor("jsz")) as JetStreamReport;
          leader = meta_cluster?.leader ?? "";
          if (leader !== "" && this.isRunning(leader)) return true;
        }
        return false;
      },
      { what: "the servers have a leader", deadlineMs: 30_000, everyMs: 20 },
    );
    return leader;
  }

  /** Ends every server, at once and for good, and removes what they stored. */
  async stop(): Promise<void> {
    await this.#guard.release();
  }

  async #currentLeaderOf(stream: string): Promise<string | undefined> {
    for (const server of this.#servers.values()) {
      if (!server.isRunning) continue;
      const answer = (await server.monitor("jsz?accounts=true&streams=true")) as JetStreamReport;
      const streams = (answer.account_details ?? []).flatMap((account) => account.stream_detail);
      const found = streams.find((detail) => detail?.name === stream);
      const leader = found?.cluster?.leader;
      if (leader !== undefined && leader !== "") return leader;
    }
    return undefined;
  }

  #server(name: string): NatsServerProcess {
    const server = this.#servers.get(name);
    assert(server !== undefined, `there is no server ${name}`);
    return server;
  }
}

/** The part we read of what the monitoring port says about JetStream. */
interface JetStreamReport {
  readonly meta_cluster?: { readonly leader?: string };
  readonly account_details?: readonly {
    readonly stream_detail?: readonly {
      readonly name: string;
      readonly cluster?: { readonly leader?: string };
    }[];
  }[];
}
