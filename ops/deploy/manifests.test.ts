/**
 * Goal: what is deployed is what the formats allow and what we promise. Method: the Compose file
 * and the rendered chart against the formats' own schemas, and our rules, which are also broken
 * here to see that they notice.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Errors } from "typebox/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { resolveSettings } from "../config/effective-settings.ts";
import { projectRoot } from "../config/data-directory.ts";
import type { SecretList } from "./kubernetes-secrets.ts";
import { chartHash, findHelm, renderChart, renderedFile } from "./render-chart.ts";
import { readComposeFile } from "./testing/compose-file.ts";
import type { Manifest } from "./testing/manifest.ts";
import { faultsOfPods, podsOf, schemaFaults } from "./testing/manifest.ts";

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const composeFile = here("./compose.yaml");

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
    expect(started).toHaveLength(8);
    expect(started.flat()).toEqual([]);
  });

  it("runs nothing of ours as root, or with a root file system that can be written", () => {
    const { services } = readComposeFile(composeFile);
    const ours = Object.entries(services).filter(([, { image }]) => image.startsWith("outcry:"));
    expect(ours).toHaveLength(11);
    for (const [name, service] of ours) {
      expect(service, name).toMatchObject({ read_only: true, cap_drop: ["ALL"] });
      expect(service.user, name).not.toMatch(/^(0|root)/);
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
    const all = Object.keys(services).flatMap(keysOf);
    expect(all.filter((path) => /seed|ca\.key|^tls$|^users$/.test(path))).toEqual([]);
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
    const others = [
      "--set",
      "auditor.enabled=true,projector.enabled=true,archive.existingClaim=a,archive.s3Secret=s",
    ];
    const more = manifestsIn(renderChart(helm ?? "", ...others));
    expect(more.flatMap((manifest) => schemaFaults(schema, manifest))).toEqual([]);
    expect(() => renderChart(helm ?? "", "--set", "nats.replicas=2")).toThrow("majority");
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
    const { items } = JSON.parse(outcry("keys", "secrets", "--data", folder)) as SecretList;
    const keysOf = new Map(items.map(({ metadata, data }) => [metadata.name, Object.keys(data)]));
    const mounted = podsOf(manifestsIn(readFileSync(renderedFile, "utf8"))).flatMap(
      ({ secrets }) => secrets,
    );
    for (const secret of mounted) expect([...keysOf.keys()]).toContain(secret);
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
