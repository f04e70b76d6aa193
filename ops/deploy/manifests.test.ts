/**
 * Goal: what is deployed is what the formats allow and what we promise. Method: the Compose file
 * and the rendered chart against the formats' own schemas, and our rules, which are also broken
 * here to see that they notice.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Errors } from "typebox/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { resolveSettings } from "../config/effective-settings.ts";
import { readClusterFile } from "../config/cluster-file.ts";
import { DataDirectory, projectRoot } from "../config/data-directory.ts";
import type { SecretList } from "./kubernetes-secrets.ts";
import { chartHash, findHelm, renderChart, renderedFile } from "./render-chart.ts";
import { readComposeFile } from "./testing/compose-file.ts";
import type { Manifest } from "./testing/manifest.ts";
import { faultsOfPods, podsOf, schemaFaults } from "./testing/manifest.ts";

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const composeFile = here("./compose.yaml");
/** For helm: all whom the chart starts only when asked. */
const everybody = ["auditor", "projector", "exporter", "surveillant", "custodian"].flatMap(
  (who) => ["--set", `${who}.enabled=true`],
);

describe("the Compose file", () => {
  const schema = JSON.parse(readFileSync(here("./testing/compose-spec.json"), "utf8")) as object;

  it("is one by the Compose Specification", () => {
    const document: unknown = parse(readFileSync(composeFile, "utf8"), { merge: true });
    expect(Errors(schema, document)[1]).toEqual([]);
    expect(Errors(schema, { services: { n1: { imag: "x" } } })[1]).not.toEqual([]);
  });

  it("gives each process settings with which it starts", () => {
    const { services } = readComposeFile(composeFile);
    const file = here("./outcry.yaml");
    const started = Object.values(services).flatMap(({ command = [], environment = {} }) => {
      const [run, role] = command;
      if (run !== "run") return [];
      const image = { OUTCRY_DATA: "/data", OUTCRY_KEYS: "/etc/outcry/keys" };
      const { OUTCRY_CONFIG: _, OUTCRY_DATABASE_FILE: secret, ...others } = environment;
      const database = secret === undefined ? {} : { OUTCRY_DATABASE: "postgres://u:p@postgres/d" };
      const sources = { flags: {}, file, environment: { ...image, ...others, ...database } };
      return [resolveSettings(role as "engine", sources).problems];
    });
    expect(started).toHaveLength(11);
    expect(started.flat()).toEqual([]);
  });

  it("runs nothing of ours as root, or with a root file system that can be written", () => {
    const { services } = readComposeFile(composeFile);
    const ours = Object.entries(services).filter(([, { image }]) => image.startsWith("outcry:"));
    expect(ours).toHaveLength(15);
    for (const [name, service] of ours) {
      expect(service, name).toMatchObject({ read_only: true, cap_drop: ["ALL"] });
      expect(service.user, name).not.toMatch(/^(0|root)/);
    }
  });

  it("starts each service again that ended, and lets none fill the disk with what it says", () => {
    for (const [name, service] of Object.entries(readComposeFile(composeFile).services)) {
      expect(service, name).toMatchObject({
        restart: "unless-stopped",
        logging: { options: { "max-size": "20m", "max-file": "5" } },
      });
    }
  });

  it("mounts of the keys what the process's role and name are to have, and no more", () => {
    const { services } = readComposeFile(composeFile, { OUTCRY_KEYS: "/keys" });
    const keysOf = (name: string): string[] =>
      (services[name]?.volumes ?? []).flatMap(
        (volume) => /^\/keys\/([^:]+):/.exec(volume)?.[1] ?? [],
      );
    expect(keysOf("e2")).toEqual([
      "tls/ca.crt",
      "users/engine/e2.creds",
      "users/publisher/e2.creds",
    ]);
    expect(keysOf("n3")).toEqual(["servers/n3"]);
    expect(keysOf("csv-1")).toEqual(["tls/ca.crt", "users/projector/csv-1.creds"]);
    expect(keysOf("sur-1")).toEqual(["tls/ca.crt", "users/projector/sur-1.creds"]);
    expect(keysOf("custodian")).toEqual(["tls/ca.crt", "users/custodian/custodian.creds"]);
    const all = Object.keys(services).flatMap(keysOf);
    expect(all.filter((path) => /seed|ca\.key|^tls$|^users$/.test(path))).toEqual([]);
  });
});

describe("Prometheus beside the Compose file", () => {
  const { scrape_configs: jobs } = parse(readFileSync(here("./prometheus.yaml"), "utf8")) as {
    scrape_configs: readonly {
      job_name: string;
      static_configs?: readonly { targets: readonly string[] }[];
      dns_sd_configs?: readonly { names: readonly string[]; port: number }[];
    }[];
  };

  it("asks each process of ours, but for one that need not be there only where it is", () => {
    const { services } = readComposeFile(composeFile);
    const named = Object.entries(services).filter(([, { command = [] }]) => command[0] === "run");
    const targetsOf = (isOptional: boolean): string[] =>
      named
        .filter(([, { profiles }]) => (profiles !== undefined) === isOptional)
        .map(([name]) => `${name}:9560`);
    const ours = jobs.find(({ job_name }) => job_name === "outcry");
    expect(ours?.static_configs?.flatMap(({ targets }) => targets)).toEqual(targetsOf(false));
    const looked = ours?.dns_sd_configs?.flatMap(({ names, port }) =>
      names.map((name) => `${name}:${port}`),
    );
    expect(looked).toEqual(targetsOf(true));
  });

  it("has its rules and its targets from what the file gives it", () => {
    const { services } = readComposeFile(composeFile);
    const all = jobs.flatMap(({ static_configs: given = [] }) => given.flatMap((of) => of.targets));
    for (const target of all) expect(Object.keys(services)).toContain(target.split(":")[0]);
    const mounted = services["prometheus"]?.volumes?.map((volume) => volume.split(":")[1]);
    expect(mounted).toContain("/etc/prometheus/alerts.yaml");
  });
});

describe("the chart", () => {
  const schema = JSON.parse(readFileSync(here("./testing/kubernetes-schema.json"), "utf8")) as {
    definitions: Record<string, object>;
  };
  const rendered = readFileSync(renderedFile, "utf8");
  const manifests = manifestsIn(rendered);

  it("was rendered since it was changed last: npm run chart", () => {
    expect(rendered).toContain(`helm/outcry as of ${chartHash()}:`);
  });

  it("is rendered by helm as it is here", ({ skip }) => {
    const helm = findHelm();
    skip(helm === undefined, "there is no helm on the PATH, and HELM names none");
    expect(renderChart(helm ?? "")).toBe(rendered);
    const claims =
      "archive.existingClaim=a,archive.s3Secret=s,exporter.existingClaim=c,surveillant.existingClaim=d,custodian.simulatedChain=true";
    const more = manifestsIn(renderChart(helm ?? "", ...everybody, "--set", claims));
    expect(more.flatMap((manifest) => schemaFaults(schema, manifest))).toEqual([]);
    expect(podsOf(more)).toHaveLength(9);
    expect(faultsOfPods(more)).toEqual([]);
    expect(() => renderChart(helm ?? "", "--set", "nats.replicas=2")).toThrow("majority");
  });

  it("takes its own values, and none that are misspelt or of another kind", ({ skip }) => {
    const read = (name: string): string => readFileSync(here(`./helm/outcry/${name}`), "utf8");
    const allowed = JSON.parse(read("values.schema.json")) as object;
    const values = parse(read("values.yaml")) as Record<string, object>;
    expect(Errors(allowed, values)[1]).toEqual([]);
    const wrong = [
      { exporter: { ...values["exporter"], enable: true } },
      { exporter: { ...values["exporter"], enabled: "yes" } },
      { gateways: { replicas: 3 } },
      { engine: { ...values["engine"], storage: "much" } },
    ];
    for (const each of wrong) expect(Errors(allowed, { ...values, ...each })[1]).not.toEqual([]);
    const helm = findHelm();
    skip(helm === undefined, "there is no helm on the PATH, and HELM names none");
    const misspelt = ["--set", "exporter.enable=true"];
    expect(() => renderChart(helm ?? "", ...misspelt)).toThrow(/values don't meet/);
  });

  it("renders what Kubernetes takes", () => {
    expect(manifests.length).toBeGreaterThan(10);
    expect(manifests.flatMap((manifest) => schemaFaults(schema, manifest))).toEqual([]);
    const wrong = { ...manifests[0]!, speck: {} };
    expect(schemaFaults(schema, wrong)).not.toEqual([]);
  });

  it("has pods that are no root, write nothing but volumes, and are probed in all three states", () => {
    expect(podsOf(manifests)).toHaveLength(4);
    expect(faultsOfPods(manifests)).toEqual([]);
    const text = JSON.stringify(manifests);
    for (const [rule, broken] of [
      ["runAsNonRoot", text.replaceAll('"runAsNonRoot":true', '"runAsNonRoot":false')],
      ["readOnlyRootFilesystem", text.replaceAll('"readOnlyRootFilesystem":true,', "")],
      ["livenessProbe", text.replaceAll("livenessProbe", "lateProbe")],
      ["topologySpreadConstraints", text.replaceAll("topologySpreadConstraints", "spread")],
    ] as const) {
      const faults = faultsOfPods(JSON.parse(broken) as Manifest[]);
      expect(
        faults.filter((fault) => fault.endsWith(rule)),
        rule,
      ).toHaveLength(4);
    }
  });

  it("lets one of each kind go at a time, and has it hand over what it does before", () => {
    const budgets = manifests.filter(({ kind }) => kind === "PodDisruptionBudget");
    expect(budgets.map(({ metadata }) => metadata.name).sort()).toEqual([
      "outcry-engine",
      "outcry-gateway",
      "outcry-nats",
    ]);
    const handingOver = podsOf(manifests).flatMap(({ name, container }) =>
      container.lifecycle === undefined ? [] : [name],
    );
    expect(handingOver.sort()).toEqual(["outcry-engine", "outcry-nats"]);
  });

  it("keeps gateways as they are until all who read the logs are renewed", ({ skip }) => {
    const heldBack = (all: readonly Manifest[]): (number | undefined)[] =>
      all
        .filter(isGateways)
        .map(({ spec }) => (spec as Held).updateStrategy?.rollingUpdate.partition);
    expect(heldBack(manifests)).toEqual([2]);
    const helm = findHelm();
    skip(helm === undefined, "there is no helm on the PATH, and HELM names none");
    const flags = ["--set", "gateway.replicas=4"];
    expect(heldBack(manifestsIn(renderChart(helm ?? "", ...flags)))).toEqual([4]);
    const goOn = ["--set", "gateway.waits=false"];
    expect(heldBack(manifestsIn(renderChart(helm ?? "", ...goOn)))).toEqual([0]);
  });

  it("starts processes with settings that are right", () => {
    const settings =
      manifests.find(({ kind }) => kind === "ConfigMap")?.data?.["outcry.yaml"] ?? "";
    const { nodes, servers } = parse(settings) as Record<string, unknown>;
    expect(nodes).toEqual(["outcry-engine-0", "outcry-engine-1", "outcry-engine-2"]);
    const flags = { node: "outcry-engine-1", data: "/data", keys: "/k" };
    const said = Object.entries(parse(settings) as Record<string, unknown>);
    const text = said.map(([name, value]) => [name, String(value)]);
    const all = { ...(Object.fromEntries(text) as Record<string, string>), ...flags };
    expect(resolveSettings("engine", { flags: all }).problems).toEqual([]);
    expect(servers).toContain("nats://outcry-nats-2.outcry-nats:4222");
  });
});

describe("the keys of a deployment", () => {
  let folder = "";

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "outcry-deployment-"));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it("are the secrets that the chart mounts, each with a file for each pod, and no seed", () => {
    const count = (kind: string, n: number): string[] =>
      Array.from({ length: n }, (_, index) => `outcry-${kind}-${index}`);
    const hosts = count("nats", 3).map((name) => `${name}.outcry-nats`);
    outcry(
      "keys",
      "init",
      "--data",
      folder,
      "--servers",
      hosts.join(),
      "--nodes",
      count("engine", 3).join(),
      "--gateways",
      count("gateway", 2).join(),
    );
    const archive = join(realpathSync(folder), "archive");
    expect(readClusterFile(DataDirectory.open(folder))?.archive).toBe(archive);
    expect(statSync(archive).isDirectory()).toBe(true);
    const { items } = JSON.parse(outcry("keys", "secrets", "--data", folder)) as SecretList;
    const keysOf = new Map(items.map(({ metadata, data }) => [metadata.name, Object.keys(data)]));
    const mounted = podsOf(manifestsIn(readFileSync(renderedFile, "utf8"))).flatMap(
      ({ secrets }) => secrets,
    );
    for (const { secretName } of mounted) expect([...keysOf.keys()]).toContain(secretName);
    const creds = (kind: string, n: number): string[] =>
      count(kind, n).map((name) => `${name}.creds`);
    expect(keysOf.get("outcry-engine")).toEqual(creds("engine", 3));
    expect(keysOf.get("outcry-gateway-back")).toEqual(creds("gateway", 2));
    expect(keysOf.get("outcry-nats")).toEqual([
      ...count("nats", 3).map((name) => `${name}.conf`),
      ...["ca.crt", "server.crt", "server.key"],
    ]);
    const all = [...keysOf.values()].flat();
    expect(all.filter((key) => /seed|ca\.key|cli/.test(key))).toEqual([]);
  });

  it("are there for each who follows the logs, if it is asked for: its own, and no others", ({
    skip,
  }) => {
    const helm = findHelm();
    skip(helm === undefined, "there is no helm on the PATH, and HELM names none");
    const { items } = JSON.parse(outcry("keys", "secrets", "--data", folder)) as SecretList;
    const keysOf = new Map(items.map(({ metadata, data }) => [metadata.name, Object.keys(data)]));
    const pods = podsOf(manifestsIn(renderChart(helm ?? "", ...everybody)));
    const credentialsOf = (kind: string): (string | undefined)[] =>
      pods
        .filter(({ name }) => name === `outcry-${kind}`)
        .flatMap(({ secrets }) => secrets)
        .filter(({ secretName }) => secretName !== "outcry-ca" && secretName !== "outcry-wallets")
        .flatMap(({ secretName, items: own }) => {
          const keys = keysOf.get(secretName) ?? [];
          return own?.map(({ key }) => keys.find((each) => each === key)) ?? keys;
        });
    expect(credentialsOf("auditor")).toEqual(["aud-1.creds"]);
    expect(credentialsOf("projector")).toEqual(["prj-1.creds", "prj-1.creds"]);
    expect(credentialsOf("exporter")).toEqual(["csv-1.creds"]);
    expect(credentialsOf("surveillant")).toEqual(["sur-1.creds"]);
    // And what it signs with, which keys init does not make.
    expect(credentialsOf("custodian")).toEqual(["custodian.creds"]);
  });

  it("come with where the logs are archived, for the command line", () => {
    const init = (data: string, ...flags: string[]): string => {
      const path = join(folder, data);
      outcry("keys", "init", "--data", path, "--no-tls", ...flags);
      return readClusterFile(DataDirectory.open(path))?.archive ?? "";
    };
    expect(init("here", "--archive", ".")).toBe(process.cwd());
    expect(init("here", "--archive", "s3://bucket/logs")).toBe("s3://bucket/logs");
  });

  it("are not made for two nats-servers of one name", () => {
    const init = ["keys", "init", "--data", join(folder, "twice"), "--servers"];
    expect(() => outcry(...init, "n1.east,n2.east,n1.west")).toThrow(/would be called n1: /);
  });

  it("are those that processes look for by themselves", () => {
    const file = join(folder, "outcry.yaml");
    const nodes = "[outcry-engine-0, outcry-engine-1]";
    writeFileSync(file, `servers: [nats://n1:4222]\nkeys: ${folder}/keys\nnodes: ${nodes}\n`);
    const check = ["config", "check", "engine", "--config", file, "--node"];
    expect(outcry(...check, "outcry-engine-1")).toContain("this engine would start");
    expect(() => outcry(...check, "outcry-engine-7")).toThrow(/C6 settings-contradict/);
  });

  it("let a process start by the environment alone, which ends in order when it is told to", async () => {
    const environment = {
      OUTCRY_GATEWAY: "outcry-gateway-0",
      OUTCRY_SERVERS: "nats://127.0.0.1:9",
    };
    const env = { ...process.env, ...environment, OUTCRY_KEYS: join(folder, "keys") };
    const gateway = spawn(join(projectRoot, "outcry"), ["run", "gateway"], { env });
    const ended = once(gateway, "exit");
    const told: string[] = [];
    for await (const line of createInterface({ input: gateway.stdout })) {
      const { process: name, kind } = JSON.parse(line) as Record<string, string>;
      told.push(`${name} is ${kind}`);
      if (kind === "starting") gateway.kill("SIGTERM");
    }
    expect(told).toEqual(
      ["starting", "stopping", "stopped"].map((kind) => `outcry-gateway-0 is ${kind}`),
    );
    expect(await ended).toEqual([0, null]);
  });

  /** As somebody types it; throws with what it prints when that is refused. */
  function outcry(...args: string[]): string {
    const command = join(projectRoot, "outcry");
    const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(stdout + stderr);
    return stdout;
  }
});

/** Pods below the partition are not renewed. */
interface Held {
  readonly updateStrategy?: { readonly rollingUpdate: { readonly partition: number } };
}

function isGateways({ kind, metadata }: Manifest): boolean {
  return kind === "StatefulSet" && metadata.name === "outcry-gateway";
}

function manifestsIn(text: string): Manifest[] {
  const documents = parseAllDocuments(text);
  return documents.flatMap((document) => (document.toJSON() as Manifest | null) ?? []);
}
