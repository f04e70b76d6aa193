import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const tally = fileURLToPath(new URL("./tally.mjs", import.meta.url));

interface File {
  readonly name: string;
  readonly status: string;
  readonly message?: string;
  readonly assertionResults: readonly {
    readonly status: string;
    readonly fullName: string;
    readonly failureMessages?: readonly string[];
  }[];
}

const failedTest = {
  status: "failed",
  fullName: "a book is empty",
  failureMessages: ["it is not"],
};
const failedFile: File = { name: "book.test.ts", status: "failed", assertionResults: [failedTest] };
const unloadable: File = {
  name: "book.test.ts",
  status: "failed",
  message: "no such module",
  assertionResults: [],
};

/** Counts as vitest reports them: passed, failed, pending, todo. */
function run(counts: readonly [number, number, number, number], files: readonly File[] = []) {
  const [numPassedTests, numFailedTests, numPendingTests, numTodoTests] = counts;
  const totals = { numPassedTests, numFailedTests, numPendingTests, numTodoTests };
  return tallyOf(JSON.stringify({ ...totals, testResults: files }));
}

function tallyOf(text: string) {
  const room = mkdtempSync(join(tmpdir(), "outcry-tally-"));
  const report = join(room, "report.json");
  writeFileSync(report, text);
  const { stdout, stderr, status } = spawnSync(process.execPath, [tally, report], {
    encoding: "utf8",
  });
  rmSync(room, { recursive: true });
  return { stdout, stderr, status };
}

describe("the tally of a test run", () => {
  it("is one line of counts", () => {
    expect(run([12, 0, 0, 0])).toEqual({ stdout: "12 passed, 0 failed\n", stderr: "", status: 0 });
  });

  it("names the skipped", () => {
    expect(run([12, 0, 2, 1]).stdout).toBe("12 passed, 0 failed, 3 skipped\n");
  });

  it("fails when a test failed", () => {
    expect(run([12, 1, 0, 0], [failedFile])).toMatchObject({
      stdout: "12 passed, 1 failed\n",
      status: 1,
    });
  });

  it("says which test failed, and why", () => {
    const { stderr } = run([12, 1, 0, 0], [failedFile]);
    expect(stderr).toBe("FAILED book.test.ts: a book is empty\nit is not\n");
  });

  it("counts a test file that cannot be loaded as a failure", () => {
    expect(run([12, 0, 0, 0], [unloadable])).toEqual({
      stdout: "12 passed, 1 failed\n",
      stderr: "FAILED book.test.ts\nno such module\n",
      status: 1,
    });
  });

  it("fails when no test ran", () => {
    expect(run([0, 0, 0, 0])).toMatchObject({ stdout: "0 passed, 0 failed\n", status: 1 });
  });

  it("fails when there is no report", () => {
    expect(tallyOf("")).toEqual({
      stdout: "0 passed, 0 failed\n",
      stderr: "tally: there is no report of a test run\n",
      status: 1,
    });
  });
});
