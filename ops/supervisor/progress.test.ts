import { describe, expect, it } from "vitest";
import { Progress } from "./progress.ts";

function recorded(): { progress: Progress; text: () => string; pass: (ms: number) => void } {
  let text = "";
  let nowMs = 1000;
  const progress = new Progress(
    (piece) => (text += piece),
    () => nowMs,
  );
  return { progress, text: () => text, pass: (ms) => (nowMs += ms) };
}

describe("progress", () => {
  it("begins a step's line when the step begins and ends it with the seconds it took", async () => {
    const { progress, text, pass } = recorded();
    const done = progress.step("nats-servers", async () => {
      expect(text()).toMatch(/^nats-servers +$/);
      pass(1234);
    });
    await done;
    expect(text()).toMatch(/^nats-servers +1\.2 s\n$/);
    expect(progress.elapsed).toBe("1.2 s");
  });

  it("gives what is said meanwhile a line of its own", async () => {
    const { progress, text } = recorded();
    await progress.step("step", async () => progress.say("a warning"));
    const lines = text().split("\n");
    expect(lines[0]?.trim()).toBe("step");
    expect(lines[1]).toBe("a warning");
    expect(lines[2]?.trim()).toBe("0.0 s");
  });

  it("says of a step that failed that it did, and passes the failure on", async () => {
    const { progress, text } = recorded();
    const failing = progress.step("step", () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
    expect(text()).toMatch(/failed\n$/);
  });
});
