import { readdirSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { signalOf } from "./kill.ts";
import { commandNames, runCommandLine } from "./program.ts";

let stdout = "";
let stderr = "";

beforeEach(() => {
  stdout = "";
  stderr = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    stdout += String(text);
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    stderr += String(text);
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe("the command line", () => {
  it("lists every command with a summary", async () => {
    expect(await runCommandLine(["--help"])).toBe(0);
    for (const name of commandNames) expect(stdout).toMatch(new RegExp(`^  ${name} +\\S`, "m"));
  });

  it("has help with --json and --data for every command, down to the last", async () => {
    const leaves: string[][] = [];
    for (const name of commandNames) {
      stdout = "";
      expect(await runCommandLine([name, "--help"])).toBe(0);
      const subcommands = [...stdout.matchAll(/^ {2}([a-z]+) (?:\[options\]|<)/gm)].map(
        ([, sub = ""]) => sub,
      );
      const named = subcommands.filter((sub) => sub !== "help");
      leaves.push(...(named.length === 0 ? [[name]] : named.map((sub) => [name, sub])));
    }
    expect(leaves.length).toBeGreaterThan(20);
    for (const leaf of leaves) {
      stdout = "";
      expect(await runCommandLine([...leaf, "--help"]), leaf.join(" ")).toBe(0);
      expect(stdout, leaf.join(" ")).toMatch(/--json +print JSON/);
      expect(stdout, leaf.join(" ")).toContain("--data <dir>");
    }
  });

  it("has a command for every file that is one", () => {
    const files = readdirSync(new URL(".", import.meta.url));
    for (const name of commandNames) expect(files).toContain(`${name}.ts`);
  });

  it.each([
    [["bogus"], "unknown command 'bogus'"],
    [["order", "place", "BTC-USDT"], "missing required argument 'side'"],
    [["order", "place", "BTC-USDT", "hold", "1", "1"], "A side is buy or sell."],
    [["start", "--shards", "many"], "It is a whole number."],
    [["halt", "BTC-USDT"], "required option '--reason <text>' not specified"],
    [["kill", "e1", "--signal", "SIGNOTHING"], "There is no such signal."],
  ])("says in one line that it does not understand: %j", async (args, words) => {
    expect(await runCommandLine(args)).toBe(2);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).toMatch(/^outcry: /);
    expect(stderr).toContain(words);
    expect(stdout).toBe("");
  });

  it("says what went wrong as JSON, too, when JSON is asked for", async () => {
    vi.stubEnv("OUTCRY_DATA", "/nowhere/at/all");
    expect(await runCommandLine(["order", "list", "--json"])).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      ok: false,
      error: {
        name: "not-running",
        message: "no cluster runs: npm start, or ./outcry start",
      },
    });
    expect(stderr).toBe("outcry: no cluster runs: npm start, or ./outcry start\n");
  });
});

describe("a signal", () => {
  it("may be given by name, by short name, or by number", () => {
    expect(["SIGKILL", "KILL", "kill", "9"].map(signalOf)).toEqual(
      Array.from({ length: 4 }, () => "SIGKILL"),
    );
  });
});
