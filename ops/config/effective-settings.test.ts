import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderProblem } from "./config-problem.ts";
import type { SettingSources } from "./effective-settings.ts";
import { examineFiles, resolveSettings } from "./effective-settings.ts";
import { historySocketPath } from "./local-socket.ts";
import { masked, shownSetting } from "./masked.ts";

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "outcry-settings-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(text: string): string {
  const file = join(folder, "outcry.yaml");
  writeFileSync(file, text);
  return file;
}

function problemsOf(role: "engine" | "gateway", sources: Partial<SettingSources>): string[] {
  return resolveSettings(role, { flags: {}, ...sources }).problems.map(renderProblem);
}

const cluster = `# one file for all processes
servers: [nats://n1:4222, nats://n2:4222, nats://n3:4222]
nodes: [e1, e2]
shards: 2
engine:
  data: /data
  keys: /keys
gateway:
  shards: 7
`;

it("has a projector listen for questions where ./outcry sql of that data directory asks", () => {
  const { settings } = resolveSettings("projector", { flags: { data: folder } });
  const socket = settings.find(({ name }) => name === "socket");
  expect(socket?.value).toBe(historySocketPath(folder));
});

describe("what a process is started with", () => {
  it("is what a flag says, else a variable, else the file, else what follows from the rest", () => {
    const { settings, problems } = resolveSettings("engine", {
      flags: { node: "e2" },
      environment: { OUTCRY_NODE: "e1", OUTCRY_SNAPSHOT_ENTRIES: "500", PATH: "/bin" },
      file: fileOf(cluster),
    });
    expect(problems).toEqual([]);
    const file = join(folder, "outcry.yaml");
    const said = settings.map(({ name, value, origin }) => [name, value, origin]);
    expect(said).toContainEqual(["node", "e2", "--node"]);
    expect(said).toContainEqual(["nodes", ["e1", "e2"], `${file}:3`]);
    expect(said).toContainEqual(["shards", 2, `${file}:4`]);
    expect(said).toContainEqual(["data", "/data", `${file}:6`]);
    expect(said).toContainEqual(["snapshotEveryEntries", 500, "OUTCRY_SNAPSHOT_ENTRIES"]);
    expect(said).toContainEqual(["replicas", 3, "default"]);
    expect(said).toContainEqual(["snapshots", "/data/engines/e2/snapshots", "default"]);
    const creds = "/keys/users/engine/e2.creds";
    expect(said).toContainEqual(["engineCredentials", creds, "default"]);
  });

  it("is what a role's section says before what is said to all", () => {
    const { settings } = resolveSettings("gateway", { flags: {}, file: fileOf(cluster) });
    expect(settings.find(({ name }) => name === "shards")?.value).toBe(7);
  });

  it("is what a role's section says even above what is said to all", () => {
    const file = fileOf("gateway: {shards: 7}\nshards: 2\n");
    const { settings } = resolveSettings("gateway", { flags: {}, file });
    expect(settings.find(({ name }) => name === "shards")?.value).toBe(7);
  });

  it("may be said once in the file, and meant twice", () => {
    const text = "engine: &both {shards: 7}\nreplicas: &n 5\nshards: *n\nreferee: *both\n";
    const shardsOf = (role: "gateway" | "referee"): unknown => {
      const { settings } = resolveSettings(role, { flags: {}, file: fileOf(text) });
      return settings.find(({ name }) => name === "shards")?.value;
    };
    expect([shardsOf("gateway"), shardsOf("referee")]).toEqual([5, 7]);
  });

  it("can be the content of a file that a variable names", () => {
    const path = join(folder, "name");
    writeFileSync(path, "gw-3\n");
    const environment = { OUTCRY_GATEWAY_FILE: path };
    const { settings } = resolveSettings("gateway", { flags: {}, environment });
    expect(settings).toContainEqual({
      name: "gateway",
      value: "gw-3",
      origin: "OUTCRY_GATEWAY_FILE",
    });
  });
});

describe("what is wrong with settings", () => {
  const right = { gateway: "gw-1", servers: "nats://a:1", keys: "/keys" };

  it("is nothing where all is said", () => {
    expect(problemsOf("gateway", { flags: right })).toEqual([]);
  });

  it("is nothing in a section that is empty", () => {
    const file = fileOf("gateway:\n  # shards: 7\nengine: ~\n");
    expect(problemsOf("gateway", { flags: right, file })).toEqual([]);
  });

  it.each([
    ["servers: [a\n", /:\d+: .* \[C2 file-malformed\]$/],
    ["- servers\n", "it holds no settings by name [C2 file-malformed]"],
    ["\nserver: a\n", "outcry.yaml:2: no process has a setting server [C3 setting-unknown]"],
    ["gateway: {node: e1}\n", "outcry.yaml:1: gateway has no node [C3 setting-unknown]"],
    ["shards: many\n", "outcry.yaml:1: shards must be a count from 1 [C5 setting-malformed]"],
  ])("is named with its line: %j", (text, problem) => {
    const problems = problemsOf("gateway", { flags: right, file: fileOf(text) });
    expect(problems).toHaveLength(1);
    const [found = ""] = problems;
    if (typeof problem === "string") expect(found).toContain(problem);
    else expect(found).toMatch(problem);
  });

  it("is all of it at once", () => {
    const problems = problemsOf("engine", {
      flags: { node: "E1", nodes: "e1", emission: "none" },
      environment: { OUTCRY_SHARDS: "0", OUTCRY_NODES_FILE: "/no/where", OUTCRY_SHARD: "1" },
      file: join(folder, "none.yaml"),
    });
    const codes = problems.map((problem) => /\[C(\d+) /.exec(problem)?.[1]);
    // Servers are missing, and five places that would follow from where keys and data are.
    const expected = ["1", "4", "4", "4", "4", "4", "4", "5", "6", "6", "6", "9"];
    expect(codes.toSorted()).toEqual(expected);
    expect(problems).toContain(
      "OUTCRY_SHARDS: shards must be a count from 1 [C5 setting-malformed]",
    );
    expect(problems).toContain("--emission: emission is chosen or all [C6 settings-contradict]");
    expect(problems).toContain("OUTCRY_SHARD: no process has such a setting [C9 variable-unknown]");
  });

  it.each([
    ...["u:secret@h/db", "postgres//u:secret@h/db", "mysql://u:secret@h/db"],
    // Characters that end what comes before the host.
    ...["postgres://u:12/secret@h/db", "postgres://u:12?secret@h/db", "postgres://u:1#secret@h/d"],
  ])("is a database's address that is none, which is not repeated: %s", (database) => {
    const flags = { ...right, data: "/data", database };
    const problems = resolveSettings("projector", { flags }).problems.map(renderProblem);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^--database: database is no address .* \[C6 /);
    expect(problems[0]).not.toContain("secret");
  });

  it("is a variable's file that cannot be read", () => {
    const environment = { OUTCRY_GATEWAY_FILE: "/no/where" };
    expect(problemsOf("gateway", { flags: { ...right, gateway: undefined }, environment })).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^OUTCRY_GATEWAY_FILE: \/no\/where cannot be read .*\[C1 /),
      ]),
    );
  });

  it("is a credentials file that is not there, or that everybody may read", () => {
    const path = join(folder, "back.creds");
    writeFileSync(path, "secret");
    const flags = { ...right, backCredentials: path };
    const examine = (): string[] =>
      examineFiles(resolveSettings("gateway", { flags })).map(renderProblem);
    chmodSync(path, 0o644);
    const missing = "default: frontCredentials /keys/users/gateway-front/gw-1.creds is no file";
    expect(examine()).toEqual([
      `--back-credentials: backCredentials ${path} can be read by everybody [C8 secret-exposed]`,
      `${missing} [C7 secret-missing]`,
    ]);
    chmodSync(path, 0o640);
    expect(examine()).toEqual([`${missing} [C7 secret-missing]`]);
  });

  it("is an authority's certificate that is not there", () => {
    const path = join(folder, "ca.crt");
    const examine = (): readonly string[] =>
      examineFiles(resolveSettings("gateway", { flags: { ...right, ca: path } }))
        .map(renderProblem)
        .filter((problem) => problem.includes("[C1"));
    expect(examine()).toEqual([`--ca: ca ${path} is no file [C1 file-unreadable]`]);
    writeFileSync(path, "certificate");
    chmodSync(path, 0o644);
    expect(examine()).toEqual([]);
  });
});

describe("a setting that is shown", () => {
  it("has no password in it", () => {
    expect(masked(["nats://n1:4222", "nats://me:secret@n2:4222"])).toEqual([
      "nats://n1:4222",
      "nats://me:***@n2:4222",
    ]);
    const addresses = [
      ...[
        "postgres://u:pa/hunter@h/db",
        "postgres://u:p@hunter@h/db",
        "postgres://u:1#hunter@h/db",
      ],
      ...["postgres://h/db?password=hunter", "http://h/v1/traces?a=1&token=hunter"],
    ];
    for (const address of addresses) expect(masked(address), address).not.toContain("hunter");
  });

  it("is of a database's address its host, port and name", () => {
    const shown = (address: string): unknown => shownSetting("database", address);
    expect(shown("postgres://u:p@ss@h:5432/db?password=x&ssl=1")).toBe("postgres://h:5432/db");
    expect(shown("postgresql:///db?host=/run/pg")).toBe("postgres:///db");
    expect(shown("embedded")).toBe("embedded");
    expect(["postgres://u:pa/ss@h/db", "u:pass@h"].map(shown)).toEqual(["***", "***"]);
  });
});
