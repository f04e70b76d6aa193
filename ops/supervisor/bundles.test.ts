/**
 * Goal: a program's bundle does what the program does, is in one piece, and is made anew when a
 * source has changed.
 */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { projectRoot } from "../config/data-directory.ts";
import { Bundles } from "./bundles.ts";
import { nodeCommand } from "./node-command.ts";

let root = "";
let program = "";

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "outcry-bundle-"));
  mkdirSync(join(root, "ops/deep"), { recursive: true });
  mkdirSync(join(root, "protocols"));
  cpSync(join(projectRoot, "package-lock.json"), join(root, "package-lock.json"));
  program = join(root, "ops/deep/program.ts");
  write("ops/deep/program.ts", 'import { greet } from "../../protocols/greeting.ts";\ngreet();\n');
  greetWith("console.log(`good ${word}`, import.meta.url);");
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function write(path: string, text: string): void {
  writeFileSync(join(root, path), text);
}

function greetWith(statement: string): void {
  const text = `const word: string = "morning";\n\nexport function greet(): void {\n  ${statement}\n}\n`;
  write("protocols/greeting.ts", text);
}

async function run(script: string): Promise<string> {
  const { stdout } = await promisify(execFile)(...nodeCommand(script));
  return stdout.trimEnd();
}

describe("a program's bundle", () => {
  it("does what the program does, in one file, and each module knows where it is", async () => {
    const bundle = await new Bundles(root).of(program);
    const url = pathToFileURL(join(root, "protocols/greeting.ts")).href;
    expect(await run(bundle)).toBe(`good morning ${url}`);
    expect(await run(program)).toBe(await run(bundle));
    expect(readFileSync(bundle, "utf8")).not.toMatch(/^import .*"[./]/m);
  });

  it("is made once, also where several ask for it", async () => {
    const bundles = new Bundles(root);
    const [one, other] = await Promise.all([bundles.of(program), bundles.of(program)]);
    expect(other).toBe(one);
    expect(await run(one)).toContain("good morning");
  });

  it("is another one when a source has changed", async () => {
    const before = await new Bundles(root).of(program);
    greetWith("console.log(`a very good ${word}`);");
    const after = await new Bundles(root).of(program);
    expect([await run(before), await run(after)]).toEqual([
      expect.stringMatching(/^good morning/),
      "a very good morning",
    ]);
  });

  it("tells where a fault is in the sources", async () => {
    greetWith('throw new Error("not today");');
    const bundle = await new Bundles(root).of(program);
    await expect(run(bundle)).rejects.toThrow(`${join(root, "protocols/greeting.ts")}:4:`);
  });

  it("may be in pieces, of which it loads what it needs when it does", async () => {
    const lazily = 'const { greet } = await import("../../protocols/greeting.ts");\ngreet();\n';
    write("ops/deep/program.ts", `console.log("first");\n${lazily}`);
    const [one, other] = await Promise.all([
      new Bundles(root).inPieces(program),
      new Bundles(root).inPieces(program),
    ]);
    expect(other).toBe(one);
    expect(await run(one)).toBe(await run(program));
    expect(readFileSync(one, "utf8")).not.toContain("good");
    greetWith('throw new Error("not today");');
    const changed = await new Bundles(root).inPieces(program);
    await expect(run(changed)).rejects.toThrow(`${join(root, "protocols/greeting.ts")}:4:`);
    greetWith("this is no program");
    await expect(new Bundles(root).inPieces(program)).rejects.toThrow("greeting.ts");
  });

  it("is not there when it cannot be made", async () => {
    greetWith("this is no program");
    await expect(new Bundles(root).of(program)).rejects.toThrow("greeting.ts");
  });
});
