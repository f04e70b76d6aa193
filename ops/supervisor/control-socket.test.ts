import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DataDirectory } from "../config/data-directory.ts";
import { answersAt } from "../config/local-socket.ts";
import { askSupervisor, controlSocketPath, listenForControl } from "./control-socket.ts";

let folder = "";
let path = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "outcry-control-"));
  path = controlSocketPath(DataDirectory.open(folder));
});

afterEach(() => rmSync(folder, { recursive: true }));

describe("a supervisor's socket", () => {
  it("carries a request and its answer", async () => {
    const heard: unknown[] = [];
    const server = await listenForControl(path, (request) => {
      heard.push(request);
      return Promise.resolve({ pid: 4711 });
    });
    const request = { command: "kill", process: "e1", signal: "SIGKILL", restart: true } as const;
    expect(await askSupervisor(path, request)).toEqual({ pid: 4711 });
    expect(heard).toEqual([request]);
    server.close();
  });

  it("carries a refusal", async () => {
    const server = await listenForControl(path, () => Promise.reject(new Error("there is no e9")));
    const asked = askSupervisor(path, { command: "restart", process: "e9" });
    await expect(asked).rejects.toThrow("there is no e9");
    server.close();
  });

  it("is refused to a second supervisor while the first one listens", async () => {
    const server = await listenForControl(path, () => Promise.resolve({}));
    await expect(listenForControl(path, () => Promise.resolve({}))).rejects.toThrow("already");
    server.close();
  });

  it("is taken over from one that died", async () => {
    writeFileSync(path, "");
    const server = await listenForControl(path, () => Promise.resolve({}));
    expect(await answersAt(path)).toBe(true);
    server.close();
  });

  it("says that no cluster runs when nobody listens", async () => {
    const asked = askSupervisor(path, { command: "stop" });
    await expect(asked).rejects.toThrow("no cluster runs here");
  });

  it("lies elsewhere when the directory's path is too long for one", () => {
    const long = DataDirectory.open(join(folder, "x".repeat(120)));
    const elsewhere = controlSocketPath(long);
    expect(elsewhere.length).toBeLessThan(104);
    expect(controlSocketPath(long)).toBe(elsewhere);
  });
});
