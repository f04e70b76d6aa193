/**
 * Mutation tests: `npm run mutation` changes the matching code in one small place at a time and runs
 * the tests of the order book, to see that at least one of them fails. What survives, and why:
 * docs/protocols/matching-mutations.md. It takes long, so it is no part of `npm run check`.
 *
 * What was found before is found again in coverage/mutation/, as far as code and tests are the same.
 */
import { tmpdir } from "node:os";
import { join } from "node:path";

const mutated = [
  "call-auction",
  "continuous-matching",
  "order-book",
  "price-ladder",
  "reach",
  "resting-orders",
];

export default {
  mutate: mutated.map((name) => `actors/order-book/${name}.ts`),
  // The texts of assertions are for people.
  mutator: { excludedMutations: ["StringLiteral"] },
  testRunner: "vitest",
  vitest: { configFile: "ops/scripts/mutation-vitest.config.ts", related: false },
  concurrency: 1,
  ignorePatterns: ["**", "!actors/**", "!protocols/**", "!package.json", "!ops/scripts/*.ts"],
  // Outside of the repository, where nobody takes the copies for ours.
  tempDirName: join(tmpdir(), "outcry-mutation"),
  incremental: true,
  incrementalFile: "coverage/mutation/incremental.json",
  // The last score: whoever lowers it adds the test that notices, or says why not.
  thresholds: { high: 95, low: 91, break: 91 },
  reporters: ["clear-text", "html", "json"],
  clearTextReporter: { logTests: false, reportTests: false, allowColor: false },
  htmlReporter: { fileName: "coverage/mutation/index.html" },
  jsonReporter: { fileName: "coverage/mutation/report.json" },
};
