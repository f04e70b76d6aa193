/** `outcry keys`: what a cluster on machines or in containers of its own begins with. */
import { existsSync } from "node:fs";
import { join } from "node:path";
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
    .addCommand(secretsCommand());
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
    .option("--no-tls", "have no certificates: lines are in the clear");
  return withCommonOptions(init).action(async (flags: InitFlags) => {
    const { defaultDeployment, initDeployment } = await import("../deploy/deployment-keys.ts");
    const { servers, nodes, gateways, reachedAt, shards, tls } = flags;
    for (const name of [...(nodes ?? []), ...(gateways ?? [])]) checkName(name);
    for (const host of servers ?? []) checkHost(host);
    const made = await initDeployment(DataDirectory.open(flags.data), {
      ...defaultDeployment,
      ...(servers && { serverHosts: servers }),
      ...(nodes && { nodes }),
      ...(gateways && { gateways }),
      reachedAt: reachedAt ?? [],
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

function checkName(name: string): void {
  const isName: boolean = isProducerId(name);
  if (!isName) throw usageFault(`${name} is no name: a to z, 0 to 9 and hyphens`);
}

/** The first label of a host becomes a name, and a folder's. */
function checkHost(host: string): void {
  if (/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(host)) return;
  throw usageFault(`${JSON.stringify(host)} is no host such as n1 or n1.example.org`);
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
    "operator.seed, accounts/ and tls/ca.key are needed for changes only: keep them elsewhere",
  ].join("\n");
}
