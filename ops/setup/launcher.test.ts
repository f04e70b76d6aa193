/**
 * Method: the launcher file itself in a made-up clone, with a made-up Node that says how it was
 * called and what became of it.
 */
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, realpathSync } from "node:fs";
import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nodeCommand } from "../supervisor/node-command.ts";

const launcher = fileURLToPath(new URL("../../outcry", import.meta.url));

let clone = "";

beforeEach(() => {
  clone = realpathSync(mkdtempSync(join(tmpdir(), "outcry-launcher-")));
  copyFileSync(launcher, join(clone, "outcry"));
  placeNode('echo "$@"; exit 7');
});

afterEach(() => rmSync(clone, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(clone, path)), { recursive: true });
  writeFileSync(join(clone, path), text);
  chmodSync(join(clone, path), 0o755);
}

function placeNode(script: string): void {
  write("node_modules/.bin/node", `#!/bin/sh\n${script}\n`);
}

function launch(path: string, ...args: string[]) {
  return spawnSync(path, args, { cwd: "/", encoding: "utf8" });
}

describe("./outcry", () => {
  it("passes arguments and the exit status on, from any folder, with the flags of all processes", () => {
    const { stdout, status } = launch(join(clone, "outcry"), "doctor", "two words");
    const [, command] = nodeCommand(`${clone}/ops/cli/main.ts`, "doctor", "two words");
    expect(stdout).toBe(`${command.join(" ")}\n`);
    expect(status).toBe(7);
  });

  it("works through a symlink to a symlink", () => {
    mkdirSync(join(clone, "bin"));
    symlinkSync("../outcry", join(clone, "bin/relative"));
    symlinkSync(join(clone, "bin/relative"), join(clone, "absolute"));
    expect(launch(join(clone, "absolute")).stdout).toContain(`${clone}/ops/cli/main.ts`);
  });

  it("becomes the program, so that signals reach it", async () => {
    placeNode("echo $$; exec sleep 60");
    const child = spawn(join(clone, "outcry"), { stdio: ["ignore", "pipe", "inherit"] });
    const pid = await new Promise((resolve) => child.stdout.once("data", resolve));
    expect(Number(String(pid))).toBe(child.pid);
    const ended = new Promise((resolve) => child.once("exit", (_, signal) => resolve(signal)));
    child.kill("SIGTERM");
    expect(await ended).toBe("SIGTERM");
  });

  it("sets itself up first where nothing is installed, off standard output", () => {
    rmSync(join(clone, "node_modules"), { recursive: true });
    write(
      "ops/setup/setup.mjs",
      `import { mkdirSync, writeFileSync } from "node:fs";
       console.log("setting up");
       mkdirSync("${clone}/node_modules/.bin", { recursive: true });
       writeFileSync("${clone}/node_modules/.bin/node", "#!/bin/sh\\necho ran\\n", { mode: 0o755 });`,
    );
    const { stdout, stderr } = launch(join(clone, "outcry"));
    expect(stdout).toBe("ran\n");
    expect(stderr).toContain("setting up");
  });

  it("fails where the set-up fails", () => {
    rmSync(join(clone, "node_modules"), { recursive: true });
    write("ops/setup/setup.mjs", "process.exit(1);");
    expect(launch(join(clone, "outcry"))).toMatchObject({ status: 1, stdout: "" });
  });
});
