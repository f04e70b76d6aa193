/**
 * Method: a made-up project whose packages are written by a made-up npm, which is the interface
 * that the set-up has with the real one; the project's own tests run on what the real one did.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { chmodSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ensureDependencies, isInstalled } from "./dependencies.mjs";

let project = "";
let reports: string[] = [];

const lockfile = {
  packages: {
    "": { name: "made-up" },
    "node_modules/book": { version: "1.0.0" },
    "node_modules/node-other-platform": { version: "24.0.0", optional: true },
  },
};

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "outcry-dependencies-"));
  reports = [];
  write("package-lock.json", JSON.stringify(lockfile));
  write(
    "account.json",
    JSON.stringify({ packages: { "node_modules/book": { version: "1.0.0" } } }),
  );
  writeNpm(`ln -sf "${process.execPath}" node_modules/.bin/node`);
  vi.stubEnv("PATH", `${join(project, "bin")}:${process.env["PATH"]}`);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(project, { recursive: true, force: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  writeFileSync(join(project, path), text);
}

function writeNpm(placeNode: string): void {
  write(
    "bin/npm",
    `#!/bin/sh
     echo "$@" >> installs
     sleep 0.2
     mkdir -p node_modules/.bin && cp account.json node_modules/.package-lock.json
     ${placeNode}`,
  );
  chmodSync(join(project, "bin/npm"), 0o755);
}

function installs(): number {
  const path = join(project, "installs");
  return existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n").length : 0;
}

async function ensure(): Promise<string> {
  return await ensureDependencies(project, (line) => reports.push(line));
}

describe("the npm packages", () => {
  it("are installed where there are none, and then left alone", async () => {
    expect(await ensure()).toBe(process.versions.node);
    expect(reports.join("\n")).toMatch(/installing the npm packages[^]*installed \(\d+\.\d s\)/);
    reports = [];
    await ensure();
    expect(installs()).toBe(1);
    expect(reports).toEqual([]);
  });

  it("are installed again when the lock file names other versions", async () => {
    await ensure();
    const changed = {
      packages: { ...lockfile.packages, "node_modules/book": { version: "1.1.0" } },
    };
    write("package-lock.json", JSON.stringify(changed));
    await ensure();
    expect(installs()).toBe(2);
  });

  it("are left alone when someone installed them by hand", async () => {
    mkdirSync(join(project, "node_modules/.bin"), { recursive: true });
    write("node_modules/.package-lock.json", readFileSync(join(project, "account.json"), "utf8"));
    symlinkSync(process.execPath, join(project, "node_modules/.bin/node"));
    await ensure();
    expect(installs()).toBe(0);
  });

  it("are installed once when two set-ups ask at the same time", async () => {
    await Promise.all([ensure(), ensure()]);
    expect(installs()).toBe(1);
    expect(reports).toContain("another set-up is at work here, waiting for it");
  });

  it("count as missing when an install was interrupted", () => {
    mkdirSync(join(project, "node_modules/book"), { recursive: true });
    expect(isInstalled(project)).toBe(false);
  });

  it("report what npm said when it failed", async () => {
    write("bin/npm", "#!/bin/sh\necho 'npm error network' >&2\nexit 1\n");
    await expect(ensure()).rejects.toMatchObject({ output: "npm error network\n" });
  });
});

describe("Node 24", () => {
  it("runs these tests", () => {
    expect(Number(process.versions.node.split(".")[0])).toBeGreaterThanOrEqual(24);
  });

  it("is the installed one where npm has none for the platform", async () => {
    writeNpm("true");
    expect(await ensure()).toBe(process.versions.node);
    expect(reports.join("\n")).toMatch(/using the installed Node/);
  });

  it("is the installed one where npm's does not run on this machine", async () => {
    writeNpm(
      "printf '#!/bin/sh\\nexit 127\\n' > node_modules/.bin/node; chmod +x node_modules/.bin/node",
    );
    expect(await ensure()).toBe(process.versions.node);
  });
});
