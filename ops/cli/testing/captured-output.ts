/** What the command line writes while a test runs, caught before anybody sees it. */
import { afterEach, beforeEach, vi } from "vitest";

export interface CapturedOutput {
  stdout: string;
  stderr: string;
}

/** Catches both streams in each test of the file; they are empty when a test begins. */
export function captureOutput(): CapturedOutput {
  const captured = { stdout: "", stderr: "" };
  beforeEach(() => {
    for (const stream of ["stdout", "stderr"] as const) {
      captured[stream] = "";
      vi.spyOn(process[stream], "write").mockImplementation((text) => {
        captured[stream] += String(text);
        return true;
      });
    }
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  return captured;
}
