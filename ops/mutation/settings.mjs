/**
 * How mutants are made and what becomes of them: the same for every part of the code that is tried.
 */
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Settings for one part: what it is called, which files are changed, and its last score. Whoever
 * lowers that adds the test that notices, or says why not. The tests that have to notice are those
 * of the vitest configuration of the same name.
 *
 * What was found before is found again in `coverage/mutation/`, as far as code and tests are the
 * same.
 */
export function mutationsOf({ name, mutate, score }) {
  const results = `coverage/mutation/${name}`;
  return {
    mutate,
    // The texts of assertions are for people.
    mutator: { excludedMutations: ["StringLiteral"] },
    testRunner: "vitest",
    vitest: { configFile: `ops/mutation/${name}.vitest.config.ts`, related: false },
    concurrency: 1,
    // A loop without an end is seen by its turns. A busy machine must not look like one.
    timeoutMS: 60_000,
    ignorePatterns: ["**", "!actors/**", "!protocols/**", "!package.json", "!ops/mutation/*.ts"],
    // Outside of the repository, where nobody takes the copies for ours.
    tempDirName: join(tmpdir(), `outcry-mutation-${name}`),
    incremental: true,
    incrementalFile: `${results}/incremental.json`,
    thresholds: { high: 95, low: score, break: score },
    reporters: ["clear-text", "html", "json"],
    clearTextReporter: { logTests: false, reportTests: false, allowColor: false },
    htmlReporter: { fileName: `${results}/index.html` },
    jsonReporter: { fileName: `${results}/report.json` },
  };
}
