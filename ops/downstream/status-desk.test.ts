import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { listenForLooks, lookAt } from "./status-desk.ts";

it("whoever follows the logs says how far it is, for as long as it is there", async () => {
  const folder = mkdtempSync(join(tmpdir(), "outcry-desk-"));
  const path = join(folder, "desk.sock");
  const status = { told: [1, 2] };
  expect(await lookAt(path)).toBeUndefined();
  const desk = await listenForLooks(path, () => status);
  expect(await lookAt(path)).toEqual({ told: [1, 2] });
  status.told = [3, 4];
  expect(await lookAt(path)).toEqual({ told: [3, 4] });
  desk.close();
  expect(await lookAt(path)).toBeUndefined();
  rmSync(folder, { recursive: true });
});

it("one that cannot say how far it is says nothing", async () => {
  const folder = mkdtempSync(join(tmpdir(), "outcry-desk-"));
  const path = join(folder, "desk.sock");
  const desk = await listenForLooks(path, () => {
    throw new Error("not now");
  });
  expect(await lookAt(path)).toBeUndefined();
  desk.close();
  rmSync(folder, { recursive: true });
});
