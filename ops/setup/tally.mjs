/**
 * Reads the JSON report of a test run and prints its counts as one line, "N passed, N failed", for
 * whoever reads only the last line. Ends with an error unless tests ran and none failed.
 */
import { readFileSync } from "node:fs";
import process from "node:process";

const [reportPath] = process.argv.slice(2);
const counts = reportPath === undefined ? undefined : countsIn(reportPath);
const { passed, failed, skipped } = counts ?? { passed: 0, failed: 0, skipped: 0 };

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
 * @property {{ status: string, assertionResults: { status: string }[] }[]} testResults
 *
 * @param {string} path
 */
function countsIn(path) {
  const text = readFileSync(path, "utf8");
  if (text.trim() === "") return undefined;
  const run = /** @type {TestRun} */ (JSON.parse(text));
  // A file that cannot be loaded has no tests to count, and failed all the same.
  const unloadable = run.testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && !assertionResults.some((result) => result.status === "failed"),
  );
  return {
    passed: run.numPassedTests,
    failed: run.numFailedTests + unloadable.length,
    skipped: run.numPendingTests + run.numTodoTests,
  };
}
