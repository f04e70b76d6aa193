import { once } from "node:events";
import { createServer } from "node:net";
import { expect, it } from "vitest";
import { findBusyPorts, findFreePorts, portsOf } from "./ports.ts";

const host = "127.0.0.1";

it("every busy port is named, with its use and the option that moves it", async () => {
  const first = await findFreePorts(2);
  const holders = [first.client, first.monitor + 1].map((port) =>
    createServer().listen(port, host),
  );
  await Promise.all(holders.map(async (holder) => await once(holder, "listening")));
  const servers = [0, 1].map((index) => ({ name: `n${index + 1}`, ports: portsOf(first, index) }));
  expect(await findBusyPorts(host, servers)).toEqual([
    { port: first.client, what: "client port of n1", option: "client" },
    { port: first.monitor + 1, what: "monitor port of n2", option: "monitor" },
  ]);
  await Promise.all(holders.map(async (holder) => await once(holder.close(), "close")));
  expect(await findBusyPorts(host, servers)).toEqual([]);
});

it("a port that two of our own servers would use counts as busy", async () => {
  const { client } = await findFreePorts(2);
  const overlapping = { client, cluster: client + 1, monitor: client + 3 };
  const servers = [0, 1].map((index) => ({
    name: `n${index + 1}`,
    ports: portsOf(overlapping, index),
  }));
  expect(await findBusyPorts(host, servers)).toEqual([
    { port: client + 1, what: "client port of n2", option: "client" },
  ]);
});
