/**
 * The tests that mutants must not survive, one file after the other: examples before fuzz tests,
 * because the first failure is enough.
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

/** In these files, with streams of fuzz as long as the environment says. */
export function noticingTests(include: string[], env: Record<string, string>) {
  return defineConfig({
    test: {
      include,
      env,
      sequence: { sequencer: ExamplesFirst },
      fileParallelism: false,
      // A test that a busy machine is slow at has not noticed anything.
      testTimeout: 60_000,
    },
  });
}
