/**
 * Which ports the servers will use, and which of them somebody else holds. A server's ports follow
 * from its place in the cluster: the first server gets the first port of each kind.
 */
import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** The ports of the first server; the next servers use the numbers that follow. */
export interface FirstPorts {
  readonly client: number;
  readonly cluster: number;
  readonly monitor: number;
}

export type PortKind = keyof FirstPorts;

export type ServerPorts = FirstPorts;

export interface BusyPort {
  readonly port: number;
  /** For people: "client port of n2". */
  readonly what: string;
  /** The key in `FirstPorts` that moves it elsewhere. */
  readonly option: PortKind;
}

/** Where nats-server and its tools expect them. */
export const standardPorts: FirstPorts = { client: 4222, cluster: 6222, monitor: 8222 };

const portKinds = ["client", "cluster", "monitor"] as const satisfies readonly PortKind[];

export function portsOf(first: FirstPorts, index: number): ServerPorts {
  return {
    client: first.client + index,
    cluster: first.cluster + index,
    monitor: first.monitor + index,
  };
}

/** Names every port that cannot be listened on now. Only a hint: it may be taken a moment later. */
export async function findBusyPorts(
  host: string,
  servers: readonly { name: string; ports: ServerPorts }[],
): Promise<BusyPort[]> {
  const uses = servers.flatMap(({ name, ports }) =>
    portKinds.map((kind) => ({
      port: ports[kind],
      what: `${kind} port of ${name}`,
      option: kind,
    })),
  );
  const listenable = await Promise.all(uses.map(async ({ port }) => await canListen(host, port)));
  const seen = new Set<number>();
  return uses.filter(({ port }, index) => {
    const repeated = seen.has(port);
    seen.add(port);
    return repeated || listenable[index] !== true;
  });
}

/**
 * Three free ranges of `count` ports each, laid out from a number away from those that outgoing
 * connections use. For servers that nobody else is to find: a cluster keeps to those it was given.
 */
export async function findFreePorts(
  count: number,
  layOut = (base: number): FirstPorts => ({
    client: base,
    cluster: base + count,
    monitor: base + 2 * count,
  }),
): Promise<FirstPorts> {
  const host = "127.0.0.1";
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const first = layOut(randomInt(15_000, 31_000));
    const servers = Array.from({ length: count }, (_, index) => ({
      name: `n${index + 1}`,
      ports: portsOf(first, index),
    }));
    if ((await findBusyPorts(host, servers)).length === 0) return first;
  }
  throw new Error(`no free ports for ${count} servers were found on ${host}`);
}

async function canListen(host: string, port: number): Promise<boolean> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(false);
      else reject(error);
    });
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
