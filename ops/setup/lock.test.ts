import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withLock } from "./lock.mjs";

let room = "";
beforeEach(() => (room = mkdtempSync(join(tmpdir(), "outcry-lock-"))));
afterEach(() => rmSync(room, { recursive: true, force: true }));

describe("the set-up's lock", () => {
  it("lets one in at a time", async () => {
    const path = join(room, "deep", "lock");
    const story: string[] = [];
    const visit = (name: string) =>
      withLock(path, async () => {
        story.push(`${name} in`);
        await new Promise((resolve) => setImmediate(resolve));
        story.push(`${name} out`);
      });
    await Promise.all([visit("first"), visit("second"), visit("third")]);
    expect(
      story.filter((_, index) => index % 2 === 0).map((line) => line.replace(" in", "")),
    ).toEqual(story.filter((_, index) => index % 2 === 1).map((line) => line.replace(" out", "")));
    expect(existsSync(path)).toBe(false);
  });

  it("is taken over when its holder was killed", async () => {
    const path = join(room, "lock");
    mkdirSync(path);
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(path, longAgo, longAgo);
    expect(await withLock(path, () => Promise.resolve("in"))).toBe("in");
  });

  it("is let go when the work fails", async () => {
    const path = join(room, "lock");
    await expect(withLock(path, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(existsSync(path)).toBe(false);
  });
});
