import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { askAt, listenAt, localSocketPath } from "./local-socket.ts";

let place = "";

beforeEach(() => {
  place = realpathSync(mkdtempSync(join(tmpdir(), "outcry-sockets-")));
  vi.stubEnv("TMPDIR", place);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(place, { recursive: true });
});

const longFolder = `/${"data/".repeat(30)}`;
const folderOf = (): string => join(place, `outcry-${userInfo().uid}`);

it("a socket of a long folder is in one that only this user may use", () => {
  expect(localSocketPath("/data", "supervisor")).toBe("/data/supervisor.sock");
  const path = localSocketPath(longFolder, "supervisor");
  expect(path.startsWith(`${folderOf()}/`)).toBe(true);
  expect(localSocketPath(longFolder, "supervisor")).toBe(path);
});

it("a folder that others may use is not used", () => {
  mkdirSync(folderOf());
  chmodSync(folderOf(), 0o770);
  expect(() => localSocketPath(longFolder, "supervisor")).toThrow("is not used for sockets");
  chmodSync(folderOf(), 0o700);
  expect(localSocketPath(longFolder, "supervisor")).toContain(folderOf());
});

it("a way to somebody else's folder is not taken", () => {
  symlinkSync(mkdtempSync(join(place, "theirs-")), folderOf());
  expect(() => localSocketPath(longFolder, "supervisor")).toThrow("is not used for sockets");
});

it("whoever does not answer is waited for as long as there is patience", async () => {
  const path = join(place, "slow.sock");
  const answer = Promise.withResolvers<string>();
  const server = await listenAt(path, () => answer.promise);
  expect(await askAt(path, "anything", 10)).toBe("cut off");
  const patient = askAt(path, "anything");
  answer.resolve("at last");
  expect(await patient).toEqual({ ok: true, value: "at last" });
  expect(await askAt(path, "anything", 10_000)).toEqual({ ok: true, value: "at last" });
  server.close();
});
