/**
 * Goal: every wall between folders holds. Method: a made-up source tree with one offending file per
 * wall, and its permitted neighbours, is judged by the project's own rules in one run.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

interface Import {
  readonly from: string;
  /** A file of the made-up tree, or the name of a package. */
  readonly to: string;
}

const refused: readonly (Import & { readonly wall: string })[] = [
  { wall: "protocols-import-nothing-of-ours", from: "protocols/a.ts", to: "cluster/client.ts" },
  { wall: "actors-import-protocols-only", from: "actors/a.ts", to: "cluster/client.ts" },
  { wall: "actors-are-pure", from: "actors/b.ts", to: "node:fs" },
  { wall: "actors-are-pure", from: "protocols/b.ts", to: "node:crypto" },
  { wall: "only-adapters-touch-nats", from: "cluster/a.ts", to: "@nats-io/transport-node" },
  { wall: "only-adapters-touch-nats", from: "gateway/a.ts", to: "@nats-io/jetstream" },
  { wall: "only-adapters-touch-nats", from: "actors/c.ts", to: "@nats-io/nkeys" },
  { wall: "cluster-not-to-gateway", from: "cluster/b.ts", to: "gateway/door.ts" },
  { wall: "gateway-enters-by-client", from: "gateway/b.ts", to: "cluster/replica.ts" },
  { wall: "gateway-enters-by-client", from: "gateway/c.ts", to: "actors/index.ts" },
  { wall: "gateway-knows-no-clients", from: "gateway/d.ts", to: "clients/sdk/index.ts" },
  { wall: "clients-speak-protocols-only", from: "clients/sdk/a.ts", to: "cluster/client.ts" },
  { wall: "clients-speak-protocols-only", from: "clients/sdk/b.ts", to: "clients/agents/index.ts" },
  { wall: "agents-trade-through-the-sdk", from: "clients/agents/a.ts", to: "gateway/door.ts" },
  { wall: "the-custodian-is-a-client", from: "ops/custody/a.ts", to: "gateway/door.ts" },
  { wall: "nobody-imports-the-edges", from: "cluster/c.ts", to: "ops/cli/main.ts" },
  { wall: "nobody-imports-the-edges", from: "gateway/e.ts", to: "chaos/nemesis.ts" },
  { wall: "test-kit-stays-in-tests", from: "cluster/d.ts", to: "cluster/testing/clock.ts" },
  { wall: "no-circular", from: "cluster/ring-1.ts", to: "cluster/ring-2.ts" },
  { wall: "everything-is-found", from: "cluster/e.ts", to: "cluster/nowhere.ts" },
  { wall: "packages-are-declared", from: "cluster/f.ts", to: "acorn" },
  { wall: "product-runs-on-runtime-packages", from: "cluster/g.ts", to: "fast-check" },
];

const permitted: readonly Import[] = [
  { from: "actors/good.ts", to: "protocols/index.ts" },
  { from: "cluster/good.ts", to: "actors/index.ts" },
  { from: "cluster/jetstream-log.ts", to: "@nats-io/jetstream" },
  { from: "gateway/nats/good.ts", to: "@nats-io/services" },
  { from: "gateway/good.ts", to: "cluster/client.ts" },
  { from: "clients/sdk/good.ts", to: "@nats-io/transport-node" },
  { from: "clients/agents/good.ts", to: "clients/sdk/index.ts" },
  { from: "ops/bench/good.ts", to: "cluster/replica.ts" },
  { from: "cluster/good.test.ts", to: "cluster/testing/clock.ts" },
  { from: "protocols/good.fuzz.ts", to: "fast-check" },
];

const bystanders = [
  "protocols/index.ts",
  "actors/index.ts",
  "cluster/client.ts",
  "cluster/replica.ts",
  "cluster/testing/clock.ts",
  "gateway/door.ts",
  "clients/sdk/index.ts",
  "clients/agents/index.ts",
  "ops/cli/main.ts",
  "chaos/nemesis.ts",
];

interface Rule {
  readonly name: string;
}

interface Judgement {
  readonly violations: readonly { readonly from: string; readonly rule: Rule }[];
  readonly ruleSetUsed: { readonly forbidden: readonly Rule[] };
}

const nameOf = ({ name }: Rule): string => name;

let tree = "";
let judgement: Judgement;

function write(path: string, text: string): void {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), text);
}

/** A type-only import is enough to breach a wall between our own files. */
function importing({ from, to }: Import): string {
  if (!to.endsWith(".ts")) return `import * as it from "${to}";\nexport { it };\n`;
  const path = relative(dirname(from), to);
  const specifier = path.startsWith(".") ? path : `./${path}`;
  return `import type * as it from "${specifier}";\nexport type It = typeof it;\n`;
}

function judge(): Judgement {
  const depcruise = join(root, "node_modules", ".bin", "depcruise");
  const config = join(root, ".dependency-cruiser.cjs");
  // Writing JSON, it reports violations without failing.
  const report = execFileSync(depcruise, ["--config", config, "--output-type", "json", "."], {
    cwd: tree,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return (JSON.parse(report) as { summary: Judgement }).summary;
}

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), "outcry-walls-"));
  symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
  for (const shared of ["tsconfig.json", "package.json"]) {
    symlinkSync(join(root, shared), join(tree, shared));
  }
  for (const path of bystanders) write(path, "export {};\n");
  for (const each of [...refused, ...permitted]) write(each.from, importing(each));
  write("cluster/ring-2.ts", 'import "./ring-1.ts";\n');
  judgement = judge();
});

afterAll(() => rmSync(tree, { recursive: true, force: true }));

describe("a wall", () => {
  it.each(refused)("$wall refuses that $from imports $to", ({ wall, from }) => {
    const broken = judgement.violations.filter((each) => each.from === from);
    expect(broken.map(({ rule }) => nameOf(rule))).toContain(wall);
  });

  it.each(permitted)("lets $from import $to", ({ from }) => {
    expect(judgement.violations.filter((each) => each.from === from)).toEqual([]);
  });

  it("is shown to hold here whenever it stands in the configuration", () => {
    const tested = new Set(refused.map(({ wall }) => wall));
    expect([...tested].sort()).toEqual(judgement.ruleSetUsed.forbidden.map(nameOf).sort());
  });
});
