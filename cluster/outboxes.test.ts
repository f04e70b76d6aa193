import { expect, it } from "vitest";
import type { OutboundFrame } from "../actors/index.ts";
import { MemoryLog, MemoryLogStorage } from "./memory-log.ts";
import { Outboxes } from "./outboxes.ts";
import { ManualClock } from "./testing/manual-clock.ts";

function outboxes(served: number): Outboxes {
  const clock = new ManualClock();
  const log = (): MemoryLog => new MemoryLog(new MemoryLogStorage({ clock }));
  return new Outboxes({
    ...{ source: 0, clock, logs: Array.from({ length: served }, log) },
    delivered: () => ({ sequence: 0, frames: 0 }),
    onFault: () => undefined,
  });
}

it("what is owed does not depend on how many shards a node serves, only on how many there are", () => {
  const frame: OutboundFrame = { shard: 1, frame: 1, bytes: Uint8Array.of(1) };
  const owed = [2, 3].map((served) => {
    const full = outboxes(served);
    full.add([frame]);
    return full.owed(2);
  });
  expect(owed).toEqual([
    [[], [frame]],
    [[], [frame]],
  ]);
  const wider = outboxes(3);
  wider.restore(owed[0]!);
  expect(wider.owed(3)).toEqual([[], [frame], []]);
});
