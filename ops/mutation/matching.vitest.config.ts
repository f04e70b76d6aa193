/**
 * The tests that changes to the matching must not survive: those of the order book. Short streams
 * of fuzz, four in each market, half of them with levels shared out in proportion.
 */
import { noticingTests } from "./noticing-tests.ts";

export default noticingTests(["actors/order-book/*.{test,fuzz}.ts"], {
  OUTCRY_FUZZ_COMMANDS: "42000",
  OUTCRY_FUZZ_STREAM: "2000",
});
