/** Goal: whoever asks right after a start is answered as soon as the history is open. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Database } from "./database.ts";
import { askHistory, listenForQuestions } from "./history-desk.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "outcry-desk-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

it("a question waits for a history that opens", async () => {
  const path = join(folder, "history.sock");
  const database = {
    place: "here",
    ask: () => Promise.resolve({ columns: ["one"], rows: [[1]], isCut: false }),
  } as unknown as Database;
  let looks = 0;
  const status = () => {
    looks += 1;
    const written = looks < 3 ? [] : [5];
    return { read: [5], heads: [5], written, rowsWritten: 0, isWaiting: false };
  };
  const desk = await listenForQuestions(path, { database, status });
  try {
    expect(await askHistory(path, { statement: "select 1" })).toMatchObject({
      rows: [[1]],
      written: [5],
    });
  } finally {
    desk.close();
  }
});
