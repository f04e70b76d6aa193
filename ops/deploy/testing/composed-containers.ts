/**
 * Services of a Compose file as containers on a network of their own, for tests: as the file says,
 * but with ports of the machine that are free, and with folders in the place of volumes.
 */
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { promisify } from "node:util";
import { GenericContainer, Network, Wait } from "testcontainers";
import type { ExecResult, StartedNetwork, StartedTestContainer } from "testcontainers";
import type { ComposeFile, ComposeService } from "./compose-file.ts";

export interface ComposedOptions {
  /** The Compose file's path: its folders are relative to it. */
  readonly path: string;
  readonly file: ComposeFile;
  readonly services: readonly string[];
  /** For what volumes hold. */
  readonly folder: string;
}

/** Of nats-servers, and of processes of ours. */
export const clientPort = 4222;
export const metricsPort = 9560;
const startTimeoutMs = 90_000;

export class ComposedContainers {
  readonly #network: StartedNetwork;
  readonly #containers: ReadonlyMap<string, StartedTestContainer>;

  private constructor(
    network: StartedNetwork,
    containers: ReadonlyMap<string, StartedTestContainer>,
  ) {
    this.#network = network;
    this.#containers = containers;
  }

  /** Resolves when each of them is ready, by what it says itself. */
  static async start(options: ComposedOptions): Promise<ComposedContainers> {
    const network = await new Network().start();
    const containers = await Promise.all(
      options.services.map(async (name) => {
        const container = containerOf(name, options);
        return [name, await container.withNetwork(network).start()] as const;
      }),
    );
    return new ComposedContainers(network, new Map(containers));
  }

  /** Host and port at which this machine reaches a service's port. */
  address(name: string, port: number): string {
    const container = this.#container(name);
    return `${container.getHost()}:${container.getMappedPort(port)}`;
  }

  /** Ends it as a crash would. */
  async kill(name: string): Promise<void> {
    await promisify(execFile)("docker", ["kill", this.#container(name).getId()]);
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
  }

  #container(name: string): StartedTestContainer {
    const container = this.#containers.get(name);
    if (container === undefined) throw new RangeError(`there is no container ${name}`);
    return container;
  }
}

function containerOf(name: string, options: ComposedOptions): GenericContainer {
  const service = options.file.services[name];
  if (service === undefined) throw new RangeError(`${options.path} has no service ${name}`);
  const isServer = service.entrypoint !== undefined;
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
    .withExposedPorts(isServer ? clientPort : metricsPort)
    .withStartupTimeout(startTimeoutMs)
    .withWaitStrategy(
      isServer
        ? Wait.forLogMessage("Server is ready")
        : Wait.forHttp("/healthz/ready", metricsPort).forStatusCode(200),
    );
  return isServer ? container.withEntrypoint([...(service.entrypoint ?? [])]) : container;
}

/** `SOURCE:TARGET[:MODE]`, where the source is a path or the name of a volume. */
function mountOf(
  volume: string,
  { path, file, folder }: ComposedOptions,
): { source: string; target: string; mode: "ro" | "rw" } {
  const [named = "", target = "", mode] = volume.split(":");
  const isVolume = Object.hasOwn(file.volumes, named);
  const relative = isVolume ? join(folder, named) : join(dirname(path), named);
  const source = isAbsolute(named) ? named : relative;
  if (isVolume) {
    mkdirSync(source, { recursive: true });
    chmodSync(source, 0o777);
  }
  return { source, target, mode: mode === "ro" ? "ro" : "rw" };
}
