/**
 * Reads the JSON report of a test run and prints its counts as one line, "N passed, N failed", for
 * whoever reads only the last line; before it, on standard error, what failed and why, for whoever
 * was given only the end. Ends with an error unless tests ran and none failed.
 */
import { readFileSync } from "node:fs";
import process from "node:process";

const [reportPath] = process.argv.slice(2);
const run = reportPath === undefined ? undefined : testRun(reportPath);
const counts = run === undefined ? undefined : countsOf(run);
const { passed, failed, skipped } = counts ?? { passed: 0, failed: 0, skipped: 0 };

for (const failure of run === undefined ? [] : failuresIn(run))
  process.stderr.write(`${failure}\n`);
if (counts === undefined) process.stderr.write("tally: there is no report of a test run\n");
process.stdout.write(
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}\n`,
);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

/**
 * @typedef {object} TestRun what vitest's JSON reporter writes, as far as it matters here
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {TestFile[]} testResults
 *
 * @typedef {object} TestFile
 * @property {string} name
 * @property {string} status
 * @property {string} [message] why it cannot be loaded
 * @property {{ status: string, fullName: string, failureMessages?: string[] }[]} assertionResults
 */

/**
 * @param {string} path
 * @returns {TestRun | undefined}
 */
function testRun(path) {
  const text = readFileSync(path, "utf8");
  return text.trim() === "" ? undefined : JSON.parse(text);
}

/** @param {TestRun} run */
function countsOf(run) {
  return {
    passed: run.numPassedTests,
    failed: run.numFailedTests + run.testResults.filter(isUnloadable).length,
    skipped: run.numPendingTests + run.numTodoTests,
  };
}

/**
 * A file that cannot be loaded has no tests to count, and failed all the same.
 *
 * @param {TestFile} file
 */
function isUnloadable({ status, assertionResults }) {
  return status === "failed" && !assertionResults.some((result) => result.status === "failed");
}

/** @param {TestRun} run */
function failuresIn(run) {
  return run.testResults.flatMap((file) =>
    isUnloadable(file)
      ? [`FAILED ${file.name}\n${beginningOf(file.message)}`]
      : file.assertionResults
          .filter(({ status }) => status === "failed")
          .map(
            (test) =>
              `FAILED ${file.name}: ${test.fullName}\n${beginningOf(test.failureMessages?.[0])}`,
          ),
  );
}

/** @param {string | undefined} message */
function beginningOf(message) {
  return (message ?? "").split("\n").slice(0, 12).join("\n");
}
