import { describe, expect, it } from "vitest";
import { StopSignals } from "./stop-signals.ts";

describe("signals that stop a supervisor", () => {
  it("are one keystroke when they come together, as the terminal's and npm's do", () => {
    const signals = new StopSignals();
    expect([5000, 5003, 5999].map((nowMs) => signals.hear(nowMs))).toEqual([
      "stop",
      "same",
      "same",
    ]);
  });

  it("force the end when one comes later", () => {
    const signals = new StopSignals();
    expect([5000, 5003, 6000].map((nowMs) => signals.hear(nowMs))).toEqual([
      "stop",
      "same",
      "force",
    ]);
  });
});
