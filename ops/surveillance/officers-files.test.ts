/** Goal: the officer's files are read where they are, and alerts up to the last whole line. */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { alertsInFile, isWanted } from "./alerts-in-file.ts";
import { readOfficersFiles } from "./officers-files.ts";
import { SettingsFault } from "./settings-fault.ts";
import { SurveillanceStory } from "./testing/surveillance-story.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "outcry-officer-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

it("without files all is as it is unless told, also without a folder", () => {
  for (const of of [folder, undefined]) {
    const { settings, owners } = readOfficersFiles({ folder: of });
    expect(settings.choices).toEqual({ rules: {}, instruments: {}, off: [] });
    expect(owners.groups).toEqual([]);
  }
});

it("files in the folder are gone by, and others in their place where they are named", () => {
  writeFileSync(join(folder, "settings.yaml"), "off: [spoofing]\n");
  writeFileSync(join(folder, "relations.yaml"), "");
  writeFileSync(join(folder, "other"), '{"off": ["layering"]}');
  expect(readOfficersFiles({ folder }).settings.isOn("spoofing")).toBe(false);
  const { settings } = readOfficersFiles({ folder, settings: join(folder, "other") });
  expect([settings.isOn("spoofing"), settings.isOn("layering")]).toEqual([true, false]);
});

it("what cannot be read is told with its place", () => {
  const settings = join(folder, "settings.yaml");
  writeFileSync(settings, "off: [spoof]\n");
  expect(() => readOfficersFiles({ folder })).toThrow(`${settings}: off names "spoof"`);
  writeFileSync(settings, "off: [\n");
  expect(() => readOfficersFiles({ folder })).toThrow(SettingsFault);
  rmSync(settings);
  expect(() => readOfficersFiles({ folder, settings })).toThrow(`${settings} cannot be read`);
});

it("alerts are read up to the last whole line, and from there on", async () => {
  const path = join(folder, "alerts.jsonl");
  expect(await alertsInFile(path)).toEqual({ alerts: [], endBytes: 0 });
  const story = new SurveillanceStory().open("alice", "acme").open("bob", "acme");
  const [alert, ...others] = story
    .tell("alice sells 5 @ 10000 as a1", "bob buys 5 @ 10000 as b1")
    .alerts();
  expect(others).toEqual([]);
  const line = `${JSON.stringify(alert)}\n`;
  writeFileSync(path, `${line}${line.slice(0, 40)}`);
  const read = await alertsInFile(path);
  expect(read).toEqual({ alerts: [alert], endBytes: line.length });
  appendFileSync(path, line.slice(40));
  expect(await alertsInFile(path, read.endBytes)).toEqual({
    ...{ alerts: [alert], endBytes: 2 * line.length },
  });
});

it("alerts are wanted by rule, account and time", () => {
  const story = new SurveillanceStory().open("alice", "acme").open("bob", "acme");
  const [alert] = story.tell("alice sells 5 @ 9 as a1", "bob buys 5 @ 9 as b1").alerts();
  if (alert === undefined) throw new Error("there is no alert");
  const { atUs } = alert;
  expect(isWanted(alert, {})).toBe(true);
  expect(
    isWanted(alert, { rule: "wash-trade", account: "bob", sinceUs: atUs, untilUs: atUs }),
  ).toBe(true);
  expect(isWanted(alert, { rule: "layering" })).toBe(false);
  expect(isWanted(alert, { account: "carol" })).toBe(false);
  expect(isWanted(alert, { sinceUs: atUs + 1 })).toBe(false);
  expect(isWanted(alert, { untilUs: atUs - 1 })).toBe(false);
});
