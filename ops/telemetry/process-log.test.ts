import { expect, it } from "vitest";
import { openProcessLog } from "./process-log.ts";
import type { LoggedEvent } from "./process-log.ts";
import { visible } from "./visible-text.ts";

function linesOf(...events: readonly LoggedEvent[]): string[] {
  const lines: string[] = [];
  const now = () => new Date("2026-11-22T12:00:00.000Z");
  const log = openProcessLog({ process: "e1", now, write: (line) => lines.push(line) });
  for (const event of events) log(event);
  return lines;
}

it("an event is one line of JSON: how bad, when, who, and what", () => {
  expect(linesOf({ kind: "snapshot", shard: 2, sequence: 7 })).toEqual([
    '{"level":"info","at":"2026-11-22T12:00:00.000Z","process":"e1",' +
      '"kind":"snapshot","shard":2,"sequence":7}\n',
  ]);
});

it("an error is told with its cause, and numbers of any size, wherever they are", () => {
  const error = new Error("no leader", { cause: new Error("no quorum") });
  const [line = ""] = linesOf({ kind: "fault", level: "error", error, deep: [{ n: 2n ** 70n }] });
  const told = JSON.parse(line) as Record<string, unknown>;
  expect(told).toMatchObject({ level: "error", deep: [{ n: String(2n ** 70n) }] });
  expect(told["error"]).toMatch(/no leader[\s\S]*no quorum/);
});

it("an error that holds an address is told without its password", () => {
  const error = new Error("not there");
  const cause: unknown = Object.assign(error, { input: "postgres://u:se/cr@et@h/db" });
  const [line = ""] = linesOf({ kind: "fault", error: new Error("no database", { cause }) });
  expect(line).toContain("postgres://u:***@h/db");
});

/** Each of them has been used to make one line look like two, or like another one. */
const hostile = [
  'bob\n{"level":"info","process":"e1","kind":"stopped"}',
  "bob\r\u001b[2K\u001b[1Gall is well",
  "bob\u009b31m in red, by one byte",
  "bob\u0007\u0008\u007f",
  "bob\u2028\u2029\u0085 other ends of a line",
  "\u202eliated ni si lla\u2066",
  "b\u200bo\ufeffb, not bob",
  "half of a character \ud800",
  'bob","kind":"ready"}',
];

it.each(hostile)("a name cannot forge a line, nor reach a terminal: %j", (name) => {
  const lines = linesOf({ kind: "fault", account: name, nested: { [name]: [name] } });
  expect(lines).toHaveLength(1);
  const [line = ""] = lines;
  expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
  expect(line.endsWith("}\n")).toBe(true);
  // Whoever reads it as JSON gets what was said.
  const told = JSON.parse(line) as Record<string, unknown>;
  expect(told).toMatchObject({ kind: "fault", account: name, nested: { [name]: [name] } });
});

it.each(hostile)("what people are shown of it is one line, too: %j", (name) => {
  expect(visible(name)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
});

it("what can be seen is shown as it is", () => {
  const text = "München 東京 🙂 é̂ ½ – “quoted”";
  expect(visible(text)).toBe(text);
});
