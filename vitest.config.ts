/**
 * Two projects. "fast" is everything that runs inside one process; "cluster" starts real
 * nats-servers and therefore runs one file at a time, as long as that takes.
 */
import { availableParallelism } from "node:os";
import { configDefaults, defineConfig } from "vitest/config";

if (Number(process.versions.node.split(".")[0]) < 24) {
  throw new Error("tests run on the project's own Node 24: npm test, or npx vitest");
}

/**
 * Longer than everything that a test waits for takes on a machine that others use too: whoever
 * waits for something else than processor time knows himself how long, and says what did not come.
 */
const patience = {
  testTimeout: 600_000,
  hookTimeout: 600_000,
  expect: { poll: { timeout: 60_000 } },
};

const tests = ["**/*.test.ts", "**/*.fuzz.ts"];
const clusterTests = ["**/*.cluster.test.ts"];
const exclude = [...configDefaults.exclude, "**/coverage/**"];

export default defineConfig({
  test: {
    environment: "node",
    pool: "forks",
    passWithNoTests: false,
    reporters: ["default"],
    coverage: {
      provider: "v8",
      include: ["{protocols,actors,cluster,gateway,clients}/**/*.ts"],
      exclude: ["**/*.{test,fuzz,bench,conformance}.ts", "**/testing/**", "**/*.d.ts"],
      reporter: ["text-summary", "json-summary", "html"],
      // The aim in protocols/ and actors/ is 100. A floor is only ever raised.
      thresholds: {
        "protocols/**/*.ts": { lines: 99, branches: 95 },
        "actors/**/*.ts": { lines: 99, branches: 95 },
      },
    },
    projects: [
      {
        extends: true,
        test: {
          name: "fast",
          include: tests,
          exclude: [...exclude, ...clusterTests],
          ...patience,
          // Vitest leaves one core free, of two as well.
          maxWorkers: availableParallelism(),
        },
      },
      {
        extends: true,
        test: {
          name: "cluster",
          include: clusterTests,
          exclude,
          fileParallelism: false,
          ...patience,
          // After the fast project: a busy machine must not look like a slow cluster.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
