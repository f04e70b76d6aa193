/** `outcry keys`: what a cluster on machines or in containers of its own begins with. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { defaultSettings } from "../config/cluster-settings.ts";
import { DataDirectory } from "../config/data-directory.ts";
import type { DeploymentKeys } from "../deploy/deployment-keys.ts";
import { isProducerId } from "../../protocols/identifiers.ts";
import { countOption } from "./options.ts";
import type { CommonOptions } from "./output.ts";
import { CommandFault, print, usageFault, withCommonOptions } from "./output.ts";

interface InitFlags extends CommonOptions {
  readonly servers?: readonly string[];
  readonly nodes?: readonly string[];
  readonly gateways?: readonly string[];
  readonly reachedAt?: readonly string[];
  readonly archive?: string;
  readonly shards: number;
  readonly tls: boolean;
}

interface SecretsFlags extends CommonOptions {
  readonly name: string;
}

export function command(): Command {
  return new Command("keys")
    .description("Makes what is secret about a cluster.")
    .addCommand(initCommand())
    .addCommand(secretsCommand())
    .addCommand(administratorCommand())
    .addCommand(custodianCommand());
}

function initCommand(): Command {
  const init = new Command("init")
    .description(
      "Makes keys, certificates, the nats-servers' configurations, and credentials for each process by " +
        "its name, with what its role needs and nothing else. Keeps what is there.",
    )
    .option("--servers <a,b>", "the hosts of the nats-servers (default: n1,n2,n3)", list)
    .option("--nodes <a,b>", "the engine nodes (default: e1,e2,e3)", list)
    .option("--gateways <a,b>", "the gateways (default: gw-1,gw-2)", list)
    .option("--shards <n>", "how many shards there will be", countOption, defaultSettings.shards)
    .option(
      "--reached-at <a,b>",
      "host:port of each server as this machine reaches it (default: its host, port 4222)",
      list,
    )
    .option(
      "--archive <place>",
      "where the logs are archived, a folder as this machine reaches it or s3://bucket/prefix, for " +
        "commands to find them (default: archive in the data directory)",
    )
    .option("--no-tls", "have no certificates: lines are in the clear");
  return withCommonOptions(init).action(async (flags: InitFlags) => {
    const { defaultDeployment, initDeployment } = await import("../deploy/deployment-keys.ts");
    const { servers, nodes, gateways, reachedAt, archive, shards, tls } = flags;
    for (const name of [...(nodes ?? []), ...(gateways ?? [])]) checkName(name);
    for (const host of servers ?? []) checkHost(host);
    const made = await initDeployment(DataDirectory.open(flags.data), {
      ...defaultDeployment,
      ...(servers && { serverHosts: servers }),
      ...(nodes && { nodes }),
      ...(gateways && { gateways }),
      reachedAt: reachedAt ?? [],
      archive: archive === undefined ? undefined : archiveOf(archive),
      shards,
      isEncrypted: tls,
    });
    print(flags, { ok: true, ...made }, () => renderMade(made));
  });
}

function secretsCommand(): Command {
  const secrets = new Command("secrets")
    .description(
      "Prints keys and credentials as Secrets of Kubernetes, for kubectl apply. Whoever reads that can be anybody.",
    )
    .option("--name <name>", "what the chart's names begin with", "outcry");
  return withCommonOptions(secrets).action(async (flags: SecretsFlags) => {
    const { kubernetesSecrets } = await import("../deploy/kubernetes-secrets.ts");
    const keys = DataDirectory.find(flags.data)?.keys;
    if (keys === undefined || !existsSync(join(keys, "tls"))) {
      const message = "there are no keys with certificates here: make them with ./outcry keys init";
      throw new CommandFault("keys-missing", message);
    }
    const list = kubernetesSecrets(keys, flags.name);
    print(flags, list, () => JSON.stringify(list, null, 2));
  });
}

interface IssueFlags extends CommonOptions {
  readonly days?: number;
}

function administratorCommand(): Command {
  const administrator = new Command("administrator").description(
    "Issues credentials for one more administrator and writes their file, whose path it prints. " +
      "The exchange need not run. Whoever can do this can be as many administrators as they like.",
  );
  return issuing(administrator, "admin", "administrator");
}

function custodianCommand(): Command {
  const custodian = new Command("custodian").description(
    "Issues credentials for a custodian and writes their file, whose path it prints: they are heard " +
      "of the assets whose rules name it, and let nothing else be asked for.",
  );
  return issuing(custodian, "custodian", "custodian");
}

/** @param what is how JSON calls whom they are for */
function issuing(
  command: Command,
  role: "admin" | "custodian",
  what: "administrator" | "custodian",
): Command {
  command
    .argument("<name>", "a name of a to z, 0 to 9 and hyphens")
    .option("--days <n>", "for how long they are valid (default: for ever)", countOption);
  return withCommonOptions(command).action(async (name: string, flags: IssueFlags) => {
    checkName(name);
    const [{ loadSigner }, { mintWith }] = await Promise.all([
      import("../credentials/keys.ts"),
      import("../credentials/users.ts"),
    ]);
    const keys = DataDirectory.find(flags.data)?.keys;
    if (keys === undefined) {
      throw new CommandFault("keys-missing", "there are no keys here: make them with keys init");
    }
    const signer = await loadSigner(keys, role);
    const { days } = flags;
    const expiry =
      days === undefined ? {} : { expiresAtSeconds: Math.floor(Date.now() / 1000) + days * 86_400 };
    const { file, inboxPrefix } = await mintWith(
      { directory: keys, signer },
      { role, name, ...expiry },
    );
    print(flags, { ok: true, [what]: name, credentials: file, inboxPrefix }, () => file);
  });
}

function checkName(name: string): void {
  const isName: boolean = isProducerId(name);
  if (!isName) throw usageFault(`${name} is no name: a to z, 0 to 9 and hyphens`);
}

/** The first label of a host becomes a name, and a folder's. */
function checkHost(host: string): void {
  if (/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(host)) return;
  throw usageFault(`${JSON.stringify(host)} is no host such as n1 or n1.example.org`);
}

/** A folder is told to other commands, which may be run elsewhere. */
function archiveOf(place: string): string {
  return place.startsWith("s3:") ? place : resolve(place);
}

function list(text: string): readonly string[] {
  return text.split(",").map((item) => item.trim());
}

function renderMade({ keys, servers, users, ca }: DeploymentKeys): string {
  return [
    `keys and credentials are in ${keys}`,
    `  nats-servers ${servers.join(", ")}: servers/<name>/, each for its own server only`,
    ...Object.entries(users).map(([role, files]) => `  users/${role}/: ${files.length}`),
    ca === undefined
      ? "  no certificates: lines are in the clear"
      : `  clients know the servers by ${ca}`,
    "operator.seed, the seeds in accounts/ and tls/ca.key are needed for changes only: keep them elsewhere",
  ].join("\n");
}
