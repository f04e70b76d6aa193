import { readdirSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { processRoles } from "../config/setting-fields.ts";
import { signalOf } from "./kill.ts";
import { commandNames, runCommandLine } from "./program.ts";
import { captureOutput } from "./testing/captured-output.ts";

const captured = captureOutput();

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("the command line", () => {
  it("lists every command with a summary", async () => {
    expect(await runCommandLine(["--help"])).toBe(0);
    for (const name of commandNames)
      expect(captured.stdout).toMatch(new RegExp(`^  ${name} +\\S`, "m"));
  });

  it("names every process that run runs", async () => {
    expect(await runCommandLine(["--help"])).toBe(0);
    const summary = captured.stdout.replaceAll(/\s+/g, " ");
    expect(summary).toContain(
      `run one process of a cluster here: ${processRoles.join(", ")} config`,
    );
  });

  it("has help with --json and --data for every command, down to the last", async () => {
    const leaves: string[][] = [];
    const walk = async (path: readonly string[]): Promise<void> => {
      captured.stdout = "";
      expect(await runCommandLine([...path, "--help"])).toBe(0);
      const [, listed = ""] = captured.stdout.split("\nCommands:\n");
      const named = [...listed.matchAll(/^ {2}([a-z][a-z-]*)/gm)]
        .map(([, sub = ""]) => sub)
        .filter((sub) => sub !== "help");
      if (named.length === 0) leaves.push([...path]);
      for (const sub of named) await walk([...path, sub]);
    };
    for (const name of commandNames) await walk([name]);
    expect(leaves.length).toBeGreaterThan(20);
    for (const leaf of leaves) {
      captured.stdout = "";
      expect(await runCommandLine([...leaf, "--help"]), leaf.join(" ")).toBe(0);
      expect(captured.stdout, leaf.join(" ")).toMatch(/--json +print JSON/);
      expect(captured.stdout, leaf.join(" ")).toContain("--data <dir>");
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
    [["order", "quote"], "missing required argument 'quotes'"],
    [["order", "batch"], "missing required argument 'commands'"],
    [["start", "--shards", "many"], "It is a whole number."],
    [["account", "deposit", "demo", "1", "BTC", "--propose"], "give it a --reference"],
    [["halt", "BTC-USDT"], "required option '--reason <text>' not specified"],
    [
      ["kill-switch", "arm", "everything", "--reason", "r"],
      "Allowed choices are account, participant,",
    ],
    [["sql", "--limit", "0", "select 1"], "It is a whole number from 1."],
    [["audit", "export", "/r", "--rows", "0"], "It is a whole number from 1."],
    [["audit", "export", "/r", "--from", "9", "--to", "8"], "--from is later than --to"],
    [["audit", "admin", "--from", "2026-11-22", "--to", "2026-11-21"], "--from is later than --to"],
    [["trace", "1", "--otlp", "collector"], "collector is no address such as http"],
    [["at", "12", "ledger"], "Allowed choices are book, account, order."],
    [["kill-switch", "arm", "venue"], "required option '--reason <text>' not specified"],
    [["kill-switch", "arm", "account", "--reason", "r"], "which account?"],
    [["kill-switch", "confirm", "now"], "It is a whole number."],
    [["breaker", "set", "BTC-USDT", "--level", "7"], "It is a fall and a time, such as 700:900."],
    [["mark", "BTC-USDT"], "missing required argument 'price'"],
    [["index-price", "BTC-USDT-1226"], "missing required argument 'price'"],
    [["contract"], "missing required argument 'symbol'"],
    [["kill", "e1", "--signal", "SIGNOTHING"], "There is no such signal."],
  ])("says in one line that it does not understand: %j", async (args, words) => {
    expect(await runCommandLine(args)).toBe(2);
    expect(captured.stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(captured.stderr).toMatch(/^outcry: /);
    expect(captured.stderr).toContain(words);
    expect(captured.stdout).toBe("");
  });

  it("says what went wrong as JSON, too, when JSON is asked for", async () => {
    vi.stubEnv("OUTCRY_DATA", "/nowhere/at/all");
    expect(await runCommandLine(["order", "list", "--json"])).toBe(1);
    expect(JSON.parse(captured.stdout)).toEqual({
      ok: false,
      error: {
        name: "not-running",
        message: "no cluster runs: npm start, or ./outcry start",
      },
    });
    expect(captured.stderr).toBe("outcry: no cluster runs: npm start, or ./outcry start\n");
  });
});

describe("a signal", () => {
  it("may be given by name, by short name, or by number", () => {
    expect(["SIGKILL", "KILL", "kill", "9"].map(signalOf)).toEqual(
      Array.from({ length: 4 }, () => "SIGKILL"),
    );
  });
});
