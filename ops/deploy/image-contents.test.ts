/** Goal: an image holds what processes run, and nothing that was secret where it was made. */
import { existsSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { projectRoot } from "../config/data-directory.ts";
import { copySources } from "./image-contents.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "outcry-image-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("has sources in it, and neither tests nor what a cluster keeps beside them", () => {
  const wanted = [
    "actors/a.ts",
    "ops/history/migrations/1.sql",
    "ops/setup/a.mjs",
    "ops/nats/go.mod",
  ];
  const others = [
    ...["actors/a.test.ts", "ops/bench/a.ts", "ops/deploy/testing/a.ts"],
    ...["ops/deploy/cluster/cluster.json", "ops/deploy/cluster/keys/a.ts"],
    ...["ops/mine/outcry-data.json", "ops/mine/keys/users/engine/e1.json"],
    ...["ops/operator.seed", "clients/demo.creds", "gateway/ca.key", "protocols/.env"],
  ];
  const folders = ["actors", "clients", "cluster", "gateway", "ops", "protocols"];
  for (const name of folders) mkdirSync(join(folder, "from", name), { recursive: true });
  for (const path of [...wanted, ...others].map((name) => join(folder, "from", name))) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, "");
  }
  copySources(`${join(folder, "from")}/`, join(folder, "to"));
  const copied = globSync("**/*.*", { cwd: join(folder, "to") });
  expect(copied.toSorted()).toEqual(wanted.toSorted());
});

it("has what each role begins with", () => {
  copySources(projectRoot, folder);
  for (const path of ["ops/cli/main.ts", "ops/deploy/probe.ts", "ops/history/migrations"]) {
    expect(existsSync(join(folder, path)), path).toBe(true);
  }
});
