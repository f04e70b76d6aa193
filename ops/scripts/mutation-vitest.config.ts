/**
 * The tests that mutants must not survive: those of the order book, examples before fuzz tests,
 * because the first failure is enough. Short streams of fuzz, four in each market, half of them
 * with levels shared out in proportion.
 */
import { defineConfig } from "vitest/config";
import { BaseSequencer } from "vitest/node";
import type { TestSpecification } from "vitest/node";

class ExamplesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isFuzz = ({ moduleId }: TestSpecification): number => Number(moduleId.includes(".fuzz."));
    return files.toSorted((a, b) => isFuzz(a) - isFuzz(b));
  }
}

export default defineConfig({
  test: {
    include: ["actors/order-book/*.{test,fuzz}.ts"],
    env: { OUTCRY_FUZZ_COMMANDS: "42000", OUTCRY_FUZZ_STREAM: "2000" },
    sequence: { sequencer: ExamplesFirst },
    fileParallelism: false,
  },
});
