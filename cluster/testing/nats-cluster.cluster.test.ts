import { execFile } from "node:child_process";
import { connect } from "node:net";
import { expect, it } from "vitest";
import { eventually } from "./eventually.ts";
import { NatsCluster } from "./nats-cluster.ts";

/** Whether anybody listens there. */
async function answers(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return await new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

it("a server that is killed is gone, and comes back where it was", async () => {
  const cluster = await NatsCluster.start();
  expect(cluster.names).toEqual(["n1", "n2", "n3"]);
  await cluster.kill("n2");
  expect([cluster.isRunning("n2"), await answers(cluster.url("n2"))]).toEqual([false, false]);
  await cluster.restart("n2");
  expect([cluster.isRunning("n2"), await answers(cluster.url("n2"))]).toEqual([true, true]);
  await cluster.healthy();
  await cluster.stop();
  for (const url of cluster.urls) expect(await answers(url)).toBe(false);
});

it("no server outlives the process that started it, even if that is killed", async () => {
  const module = new URL("nats-cluster.ts", import.meta.url).href;
  const code = `
    const { NatsCluster } = await import(${JSON.stringify(module)});
    const cluster = await NatsCluster.start();
    process.stdout.write(cluster.urls.join(" "), () => process.kill(process.pid, "SIGKILL"));
  `;
  const urls = await new Promise<readonly string[]>((resolve) => {
    execFile(process.execPath, ["--input-type=module", "-e", code], (error, stdout) => {
      expect(error?.signal).toBe("SIGKILL");
      resolve(stdout.split(" "));
    });
  });
  expect(urls).toHaveLength(3);
  await eventually(
    async () => (await Promise.all(urls.map(answers))).every((answered) => !answered),
    { what: "all three are gone" },
  );
});
