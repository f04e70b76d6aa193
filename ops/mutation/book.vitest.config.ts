/**
 * The tests that changes to the book's actor must not survive: its own, those of its market and the
 * scenarios. Short streams of fuzz, one in each market for each thing that streams are about.
 */
import { noticingTests } from "./noticing-tests.ts";

export default noticingTests(
  ["actors/book/*.{test,fuzz}.ts", "actors/market/*.test.ts", "actors/scenarios.test.ts"],
  { OUTCRY_FUZZ_COMMANDS: "25000", OUTCRY_FUZZ_STREAM: "500" },
);
