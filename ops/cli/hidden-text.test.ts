/** Goal: nobody's text moves the cursor of whoever reads it, hides in a line, or turns it around. */
import { expect, it, vi } from "vitest";
import { renderActs } from "./audit-admin.ts";
import { renderVerdict } from "./audit-verify.ts";
import { explainFailure, toJson } from "./output.ts";
import { renderAnswer } from "./sql.ts";

const hostile = "a\u001b[2Kb\u009bc\u202ed\r\n";
const shown = String.raw`a\u001b[2Kb\u009bc\u202ed\u000d\u000a`;

it("is shown where a record was altered, and of what it says of itself", () => {
  const place = { sequence: 1, entriesHash: hostile };
  const shard = { shard: 0, pieces: 1, rows: 1, after: place, upTo: place };
  const verdict = { key: "0", isKeyTrusted: true, isComparedWithLog: true, shards: [shard] };
  const finding = { kind: "unexpected", file: hostile, message: `is ${hostile}` } as const;
  const altered = renderVerdict({ ...verdict, findings: [finding] });
  expect(altered).toBe(`${shown}: is ${shown}\nsigned with 0`);
  expect(renderVerdict({ ...verdict, findings: [] })).toContain(`  entries  ${shown}\n`);
});

it("is shown of what administrators wrote, and of history", () => {
  const act = {
    ...{ shard: 0, sequence: 1, index: 0, timeUs: 0, target: hostile },
    ...{ author: hostile, reason: hostile, producer: "g", approvals: [hostile], outcome: "done" },
    signatures: [],
    command: "halt-trading",
  } as const;
  const cell = new RegExp(shown.replaceAll(/[\\[]/g, "\\$&"), "g");
  expect(renderActs([act]).match(cell)?.length).toBe(4);
  const answer = renderAnswer({
    ...{ columns: [hostile], rows: [[hostile]], isCut: false, database: "" },
    ...{ written: [1], heads: [1] },
  });
  expect(answer.match(cell)?.length).toBe(2);
});

it("is shown of what failed, and is the same text for programs", () => {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    expect(explainFailure(new Error(`holds ${hostile}`), false)).toBe(1);
    expect(write.mock.calls).toEqual([[`outcry: holds ${shown.slice(0, -12)} \n`]]);
  } finally {
    write.mockRestore();
  }
  const json = toJson({ hostile });
  // eslint-disable-next-line no-control-regex -- it is what must not be there
  expect(json).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  expect(JSON.parse(json)).toEqual({ hostile });
});
