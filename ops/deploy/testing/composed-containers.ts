/**
 * Services of a Compose file as containers on a network and with volumes of their own, for tests:
 * as the file says, but with ports of the machine that are free.
 */
import { execFile } from "node:child_process";
import { dirname, isAbsolute, join } from "node:path";
import { promisify } from "node:util";
import { GenericContainer, Network, Wait } from "testcontainers";
import type {
  ExecResult,
  StartedNetwork,
  StartedTestContainer,
  WaitStrategy,
} from "testcontainers";
import type { ComposeFile, ComposeService } from "./compose-file.ts";

export interface ComposedOptions {
  /** The Compose file's path: its folders are relative to it. */
  readonly path: string;
  readonly file: ComposeFile;
  readonly services: readonly string[];
}

/** Of nats-servers, of PostgreSQL, and of processes of ours. */
export const clientPort = 4222;
export const databasePort = 5432;
export const metricsPort = 9560;
const startTimeoutMs = 90_000;
/** Before the names of volumes, so that nobody else's are meant. */
const volumePrefix = `outcry-test-${process.pid}-`;

export class ComposedContainers {
  readonly #network: StartedNetwork;
  readonly #containers: ReadonlyMap<string, StartedTestContainer>;
  readonly #volumes: readonly string[];

  private constructor(
    network: StartedNetwork,
    containers: ReadonlyMap<string, StartedTestContainer>,
    { volumes }: ComposeFile,
  ) {
    this.#network = network;
    this.#containers = containers;
    this.#volumes = Object.keys(volumes).map((name) => `${volumePrefix}${name}`);
  }

  /** Resolves when each is ready, by what it says itself; leaves none behind if one is not. */
  static async start(options: ComposedOptions): Promise<ComposedContainers> {
    const network = await new Network().start();
    const containers = new Map<string, StartedTestContainer>();
    const starting = options.services.map(async (name) => {
      const container = containerOf(name, options).withNetwork(network);
      containers.set(name, await container.start());
    });
    const outcomes = await Promise.allSettled(starting);
    const started = new ComposedContainers(network, containers, options.file);
    const failed = outcomes.find(({ status }) => status === "rejected");
    if (failed === undefined) return started;
    await started.stop();
    throw (failed as PromiseRejectedResult).reason;
  }

  /** Host and port at which this machine reaches a service's port. */
  address(name: string, port: number): string {
    const container = this.#container(name);
    return `${container.getHost()}:${container.getMappedPort(port)}`;
  }

  /** Ends it as a crash would. */
  async kill(name: string): Promise<void> {
    await docker("kill", this.#container(name).getId());
  }

  /** Starts one that was killed, with its volumes. Its ports of this machine may be others. */
  async startAgain(name: string): Promise<void> {
    await this.#container(name).restart();
  }

  /** What its health check says now. */
  async healthCheck(name: string, { healthcheck }: ComposeService): Promise<number> {
    const [, ...command] = healthcheck?.test ?? [];
    return (await this.run(name, command)).exitCode;
  }

  /** Runs a command in it. */
  run(name: string, command: readonly string[]): Promise<ExecResult> {
    return this.#container(name).exec([...command]);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#containers.values()].map((each) => each.stop({ timeout: 5000 })));
    await this.#network.stop();
    await docker("volume", "rm", "--force", ...this.#volumes);
  }

  #container(name: string): StartedTestContainer {
    const container = this.#containers.get(name);
    if (container === undefined) throw new RangeError(`there is no container ${name}`);
    return container;
  }
}

async function docker(...args: readonly string[]): Promise<void> {
  await promisify(execFile)("docker", [...args]);
}

function containerOf(name: string, options: ComposedOptions): GenericContainer {
  const service = options.file.services[name];
  if (service === undefined) throw new RangeError(`${options.path} has no service ${name}`);
  const { port, isReady } = whatIsReached(service);
  const container = new GenericContainer(service.image)
    .withNetworkAliases(name)
    .withHostname(name)
    .withEnvironment({ ...service.environment })
    .withCommand([...(service.command ?? [])])
    .withUser(service.user ?? "")
    .withDroppedCapabilities(...(service.cap_drop ?? []))
    .withSecurityOpt(...(service.security_opt ?? []))
    .withTmpFs(Object.fromEntries((service.tmpfs ?? []).map((path) => [path, ""])))
    .withBindMounts((service.volumes ?? []).map((volume) => mountOf(volume, options)))
    .withExposedPorts(port)
    .withStartupTimeout(startTimeoutMs)
    .withWaitStrategy(isReady);
  if (service.entrypoint === undefined) return container;
  return container.withEntrypoint([...service.entrypoint]);
}

/** A process of ours runs a role, a nats-server has its own program; the last one is PostgreSQL. */
function whatIsReached({ command = [], entrypoint }: ComposeService): Reached {
  if (entrypoint !== undefined) {
    return { port: clientPort, isReady: Wait.forLogMessage("Server is ready") };
  }
  if (command[0] === "run") {
    const isReady = Wait.forHttp("/healthz/ready", metricsPort).forStatusCode(200);
    return { port: metricsPort, isReady };
  }
  const isReady = Wait.forLogMessage("database system is ready to accept connections");
  return { port: databasePort, isReady };
}

interface Reached {
  readonly port: number;
  readonly isReady: WaitStrategy;
}

/** `SOURCE:TARGET[:MODE]`, where the source is a path or the name of a volume. */
function mountOf(
  volume: string,
  { path, file }: ComposedOptions,
): { source: string; target: string; mode: "ro" | "rw" } {
  const [named = "", target = "", mode] = volume.split(":");
  const isVolume = Object.hasOwn(file.volumes, named);
  const source = isVolume ? `${volumePrefix}${named}` : join(dirname(path), named);
  return { source: isAbsolute(named) ? named : source, target, mode: mode === "ro" ? "ro" : "rw" };
}
