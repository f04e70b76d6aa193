/** Goal: a drill can break what two parties say to each other, and nothing else. */
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "../../cluster/testing/eventually.ts";
import { ClusterWays } from "./cluster-ways.ts";

let servers: Server[] = [];
let sockets: Socket[] = [];
let ways: ClusterWays;

/** Two servers that say their name to whoever connects; e1 is an engine node. */
beforeEach(async () => {
  const ports: number[] = [];
  for (const word of ["n1", "n2", "n1's routes", "n2's routes"]) {
    const server = createServer((socket) => {
      sockets.push(socket.on("error", () => undefined));
      socket.write(word);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    ports.push((server.address() as AddressInfo).port);
    servers.push(server);
  }
  const [n1 = 0, n2 = 0, routes1 = 0, routes2 = 0] = ports;
  ways = await ClusterWays.open({
    parties: ["e1"],
    servers: [
      { name: "n1", clientPort: n1, clusterPort: routes1 },
      { name: "n2", clientPort: n2, clusterPort: routes2 },
    ],
  });
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await ways.close();
  for (const server of servers) server.close();
  servers = [];
  sockets = [];
});

/** Who answers at a port; rejects when the connection is broken. */
async function heardAt(port: number): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  sockets.push(socket);
  const [words] = (await once(socket, "data")) as [Buffer];
  return String(words);
}

function portIn(address: string | undefined): number {
  return Number(new URL(address ?? "").port);
}

describe("the ways of a cluster", () => {
  it("lead every party to every server, and every server to every other one", async () => {
    const [toN1, toN2] = ways.addressesFor("e1");
    expect(await heardAt(portIn(toN1))).toBe("n1");
    expect(await heardAt(portIn(toN2))).toBe("n2");
    expect(ways.addressesFor("clients")).toHaveLength(2);
    const { routes, clients } = ways.file;
    expect(await heardAt(routes["n1"]?.[0] ?? 0)).toBe("n2's routes");
    expect(await heardAt(routes["n2"]?.[0] ?? 0)).toBe("n1's routes");
    expect(clients).toEqual({ e1: ways.addressesFor("e1") });
  });

  it("are cut between two parties and no others", async () => {
    ways.between("e1", "n1", { isCut: true });
    const [toN1, toN2] = ways.addressesFor("e1");
    await expect(heardAt(portIn(toN1))).rejects.toThrow(/ECONNRESET/);
    expect(await heardAt(portIn(toN2))).toBe("n2");
    expect(await heardAt(portIn(ways.addressesFor("clients")[0]))).toBe("n1");
    ways.mend();
    expect(await heardAt(portIn(toN1))).toBe("n1");
  });

  it("lose what one party says to another, whoever of them dialed", async () => {
    const { routes } = ways.file;
    const [dialedByN1, dialedByN2] = [routes["n1"]?.[0] ?? 0, routes["n2"]?.[0] ?? 0];
    const before = connect(dialedByN1, "127.0.0.1");
    sockets.push(before);
    await once(before, "data");
    ways.between("n1", "n2", { there: "hold" });
    // What n2 says still reaches n1 where they are connected.
    sockets.find(({ localPort }) => localPort === portOf(3))?.write("again");
    const [again] = (await once(before, "data")) as [Buffer];
    expect(String(again)).toBe("again");
    // New connections need both directions, whoever dials.
    const late = connect(dialedByN2, "127.0.0.1");
    sockets.push(late);
    let heard = "";
    late.on("data", (words) => (heard += String(words)));
    await once(late, "connect");
    await eventually(() => ways.connectionCount === 2, { what: () => "it waits" });
    expect(heard).toBe("");
    ways.mend();
    await eventually(() => heard === "n1's routes", { what: () => `it is heard: ${heard}` });
  });

  it("break all connections between two parties once", async () => {
    const [toN1] = ways.addressesFor("e1");
    const socket = connect(portIn(toN1), "127.0.0.1");
    sockets.push(socket);
    await once(socket, "data");
    const broken = once(socket, "error");
    ways.reset("n1", "e1");
    await broken;
    expect(await heardAt(portIn(toN1))).toBe("n1");
  });
});

function portOf(index: number): number {
  return (servers[index]?.address() as AddressInfo).port;
}
