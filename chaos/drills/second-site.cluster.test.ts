/**
 * Goal: a second site follows a cluster under load, says how far it is behind when the line is cut
 * and when the logs move on, and takes its place when it is gone, with all that was mirrored.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "../../cluster/testing/eventually.ts";
import { ProcessGuard } from "../../cluster/testing/process-guard.ts";
import { DataDirectory, projectRoot } from "../../ops/config/data-directory.ts";
import { findFreePorts } from "../../ops/nats-servers/ports.ts";
import type { PastShardReport } from "../../ops/past/past-shard.ts";
import { readAppliedFile } from "../../ops/processes/applied-file.ts";
import type { PromotedShard } from "../../ops/site/promote-site.ts";
import type { SiteStatus } from "../../ops/site/site-status.ts";
import { CommandLine, freePortBase } from "../../ops/supervisor/testing/command-line.ts";
import { TcpProxy } from "../network/tcp-proxy.ts";
import { askOutcry } from "./outcry-command.ts";

const first = new CommandLine();
const promoted = new CommandLine();
const folder = mkdtempSync(join(tmpdir(), "outcry-second-site-"));
const guard = new ProcessGuard(folder);
const site = join(folder, "site");
let ports: readonly string[];
let line: TcpProxy;
let following: ChildProcess;

beforeAll(async () => {
  const { client: sitePort } = await findFreePorts(3);
  ports = ["--port-base", String(await freePortBase(3))];
  await first.start(...ports, "--site-port", String(sitePort));
  line = await TcpProxy.listen({ host: "127.0.0.1", port: sitePort });
  const url = `nats-leaf://127.0.0.1:${line.port}`;
  const words = ["site", "follow", site, "--data", first.data, "--url", url];
  following = spawn(join(projectRoot, "outcry"), words, { stdio: "ignore" });
  guard.watch(following.pid ?? 0);
});

afterAll(async () => {
  await first.release();
  await promoted.release();
  await line.close();
  await guard.release();
});

/**
 * A mirror whose request was lost with the line waits 30 s for the answer, and then 10 s longer
 * after each failure before it asks again (nats-server 2.15.1).
 */
const mirrorRetryMs = 150_000;

type Status = SiteStatus & { readonly ok: boolean; readonly isFollowing: boolean };

/** Asks for the second site's status until it is as it should be. */
async function until(
  what: string,
  holds: (status: Status) => boolean,
  deadlineMs = 60_000,
): Promise<Status> {
  let seen: Status | undefined;
  await eventually(
    async () => {
      seen = await askOutcry<Status>("site", "status", site);
      return seen.ok && seen.at !== undefined && holds(seen);
    },
    { what: () => `${what}: ${JSON.stringify(seen)}`, deadlineMs, everyMs: 200 },
  );
  return seen!;
}

const isMirroring = ({ isFollowing, isLineUp, shards }: Status): boolean =>
  isFollowing &&
  isLineUp &&
  shards.every(({ mirroredTo, lagMs }) => mirroredTo > 50 && lagMs < 1000);

it("follows, through a generation and a cut line, and takes the first one's place", async () => {
  const early = await until("all shards are mirrored", isMirroring);
  await first.json("log", "roll");
  const rolled = await until("the next generations are mirrored", ({ shards }) =>
    shards.every((of, shard) => of.generations === 2 && of.mirroredTo > early.shards[shard]!.head),
  );

  line.become({ isCut: true });
  const cut = await until(
    "the cut line is noticed",
    ({ isLineUp, shards }) => !isLineUp && shards.every(({ lagMs }) => lagMs > 3000),
  );
  const refused = await askOutcry("site", "promote", site, "--data", promoted.data);
  expect(refused).toMatchObject({ ok: false, error: { name: "still-following" } });
  line.become({});
  const healed = await until(
    "it has caught up",
    (of) =>
      isMirroring(of) &&
      of.shards.every(({ mirroredTo }, shard) => mirroredTo > cut.shards[shard]!.head),
    mirrorRetryMs,
  );
  for (const [shard, { mirroredTo }] of healed.shards.entries()) {
    expect(mirroredTo).toBeGreaterThan(rolled.shards[shard]!.mirroredTo);
  }

  await first.json("stop", "--keep-servers");
  const stoppedAtMs = Date.now();
  // The first look that ends after the stop may have begun before it.
  const looks = new Set<string>();
  const { shards: ended } = await until(
    "all of it has come over",
    ({ heardAt, shards }) => {
      if (heardAt !== null && Date.parse(heardAt) > stoppedAtMs) looks.add(heardAt);
      return looks.size > 1 && shards.every(({ mirroredTo, head }) => mirroredTo === head);
    },
    mirrorRetryMs,
  );
  await first.run("stop");
  following.kill("SIGTERM");
  expect(await once(following, "exit")).toEqual([0, null]);
  await promoted.json("site", "promote", site, "--dry-run");
  const result = await promoted.json<{ shards: PromotedShard[] }>(
    ...["site", "promote", site, "--yes"],
  );
  for (const { shard, mirroredTo, missing } of result.shards) {
    expect(mirroredTo).toBe(ended[shard]!.head);
    expect(missing).toBe(0);
  }

  await promoted.start(...ports);
  await eventually(
    async () => {
      const { shards } = await promoted.json<{ shards: { head: number }[] }>("status");
      return shards.every(({ head }, shard) => head > result.shards[shard]!.restoredTo + 20);
    },
    { what: "the promoted cluster trades on", deadlineMs: 60_000, everyMs: 200 },
  );
  expect((await promoted.json<{ ok: boolean }>("replay", "--verify")).ok).toBe(true);
  // What an engine of the first site had applied when it ended is what is here.
  const applied = readAppliedFile(DataDirectory.find(first.data)!.applied("e1"));
  expect(applied).toHaveLength(result.shards.length);
  for (const { shard, sequence, entriesHash } of applied) {
    const { shards } = await promoted.json<{ shards: PastShardReport[] }>(
      "at",
      `${shard}/${sequence}`,
    );
    expect(shards.find((of) => of.shard === shard)?.entries).toBe(entriesHash);
  }
});
