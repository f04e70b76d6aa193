/** `outcry site`: a second site that follows a cluster, how far it is, and taking its place. */
import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import type { RestoredShard } from "../backup/restore-backup.ts";
import { DataDirectory, dataOption } from "../config/data-directory.ts";
import type { PromotionPlan } from "../site/promote-site.ts";
import type { SiteStatus } from "../site/site-status.ts";
import type { AgreementFlags } from "./agreement.ts";
import { confirm, refuseLoss } from "./agreement.ts";
import type { CommonOptions } from "./output.ts";
import { paint, print, renderTable, toJson, withCommonOptions, write } from "./output.ts";
import { notRunning } from "./running-cluster.ts";

interface FollowFlags extends CommonOptions {
  readonly url: readonly string[];
  readonly servers: number;
}

interface PromoteFlags extends CommonOptions, AgreementFlags {
  readonly dryRun?: boolean;
}

export function command(): Command {
  return new Command("site")
    .description("A second site: follows the logs of a cluster, and can take its place.")
    .addCommand(followCommand())
    .addCommand(statusCommand())
    .addCommand(promoteCommand());
}

function followCommand(): Command {
  const follow = new Command("follow")
    .description(
      "Mirrors the logs of a cluster that was started with --site-port, and archives them, until it is interrupted. --data is the cluster's data directory, or a copy of outcry-data.json, keys and archive.",
    )
    .argument("<site>", "the folder of the second site")
    .option(
      "--url <url>",
      "where the cluster takes sites: nats-leaf://host:port; may be repeated",
      urlOption,
      [],
    )
    .option("--servers <n>", "how many nats-servers mirror: 1 or 3", serversOption, 3);
  return withCommonOptions(follow).action(async (site: string, flags: FollowFlags) => {
    const first = DataDirectory.find(flags.data);
    if (first === undefined) throw notRunning(flags.data);
    const [{ followSite }, { SiteFolder }, { obtainNatsServer }] = await Promise.all([
      import("../site/follow-site.ts"),
      import("../site/site-folder.ts"),
      import("../setup/nats-server.mjs"),
    ]);
    const folder = SiteFolder.claim(resolve(site), first, flags.servers);
    const { settings } = folder.description();
    const urls = flags.url.length > 0 ? flags.url : urlsHere(settings);
    const ending = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.once(signal, () => ending.abort());
    }
    await followSite({
      ...{ folder, first, urls, signal: ending.signal },
      binary: await obtainNatsServer((line) => process.stderr.write(`${line}\n`)),
      onFollowing: (status) => {
        if (flags.json === true) write(toJson({ ok: true, site: folder.path, ...status }));
        else write(`follows ${urls.join(", ")}: ./outcry site status ${folder.path}`);
      },
    });
  });
}

function urlsHere({
  sitePort = 0,
  servers,
}: {
  readonly sitePort?: number;
  readonly servers: number;
}): readonly string[] {
  return Array.from({ length: servers }, (_, index) => `nats-leaf://127.0.0.1:${sitePort + index}`);
}

function statusCommand(): Command {
  const status = new Command("status")
    .description("Shows how far a second site is behind, in entries and milliseconds.")
    .argument("<site>", "the folder of the second site");
  return withCommonOptions(status).action(async (site: string, flags: CommonOptions) => {
    const { SiteFolder } = await import("../site/site-folder.ts");
    const folder = SiteFolder.find(site);
    const isFollowing = await folder.isFollowing();
    const found = folder.status();
    print(flags, { ok: true, isFollowing, ...found }, () => renderStatus(isFollowing, found));
  });
}

function promoteCommand(): Command {
  const promote = new Command("promote")
    .description(
      "Makes the data of a cluster out of what a second site has mirrored. The first site must not run any more, and the second one not follow.",
    )
    .argument("<site>", "the folder of the second site")
    .option("--dry-run", "tell what is there and what would be made of it, and stop")
    .option("--yes", "do not ask")
    .option("--accept-loss", "go on although the first site had more than is here");
  return withCommonOptions(promote).action(async (site: string, flags: PromoteFlags) => {
    const [{ planPromotion }, { carryOut, refuseData }, { SiteFolder }, { obtainNatsServer }] =
      await Promise.all([
        import("../site/promote-site.ts"),
        import("../backup/restore-backup.ts"),
        import("../site/site-folder.ts"),
        import("../setup/nats-server.mjs"),
      ]);
    const directory = DataDirectory.open(flags.data);
    refuseData(directory);
    const say = (line: string): void => void process.stderr.write(`${line}\n`);
    const binary = await obtainNatsServer(say);
    const { restore, ...plan } = await planPromotion(SiteFolder.find(site), binary);
    if (flags.dryRun === true) {
      print(flags, { ok: true, ...plan }, () => renderPlan(plan));
      return;
    }
    say(renderPlan(plan));
    const losses = plan.shards.map((of) => ({ ...of, left: of.mirroredTo }));
    refuseLoss({ isLossy: plan.isLossy, shards: losses }, flags, plan);
    await confirm(flags);
    const restored = await carryOut(restore, directory);
    const shards = plan.shards.map((of) => ({ ...of, ...restored[of.shard] }));
    print(flags, { ok: true, data: directory.path, ...plan, shards }, () =>
      renderPromoted(restored, directory.path),
    );
  });
}

function renderStatus(isFollowing: boolean, status: SiteStatus | undefined): string {
  if (status === undefined) return "it has not followed yet";
  const line = status.isLineUp
    ? "the first site answers"
    : paint("red", "the first site is silent");
  return [
    `${isFollowing ? line : paint("red", "it does not follow")}, heard at ${status.heardAt ?? "no time"}`,
    renderTable(
      ["shard", " generations", " head", " mirrored", " archived", " lag", " lag ms", " most ms"],
      status.shards.map((of) =>
        [
          ...[of.shard, of.generations, of.head, of.mirroredTo, of.archivedTo],
          ...[of.lagEntries, of.lagMs, of.lagMsMax],
        ].map(String),
      ),
    ),
    ...(status.problem === "" ? [] : [paint("red", status.problem)]),
  ].join("\n");
}

function renderPlan({ heardAt, shards }: Omit<PromotionPlan, "restore">): string {
  return [
    `The first site was heard of last at ${heardAt ?? "no time"}; what it took later nobody here knows.`,
    renderTable(
      ["shard", " head there", " mirrored", " missing", " restored to"],
      shards.map((of) => [of.shard, of.head, of.mirroredTo, of.missing, of.restoredTo].map(String)),
    ),
  ].join("\n");
}

function renderPromoted(restored: readonly RestoredShard[], data: string): string {
  return [
    ...restored.map(({ shard, sequence, entriesHash }) =>
      [`shard ${shard}: ${sequence} entries`, `  entries  ${entriesHash}`].join("\n"),
    ),
    `Start it: ./outcry start${dataOption(data)}`,
  ].join("\n");
}

function urlOption(text: string, before: readonly string[]): readonly string[] {
  if (!/^nats-leaf:\/\/[^\s/]+:[0-9]{1,5}$/.test(text)) {
    throw new InvalidArgumentError("It is such as nats-leaf://10.0.0.1:7422.");
  }
  return [...before, text];
}

function serversOption(text: string): number {
  if (text === "1" || text === "3") return Number(text);
  throw new InvalidArgumentError("It is 1 or 3.");
}
