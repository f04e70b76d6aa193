/**
 * One hash over everything that a day's steps gave and over the state they led to: equal on every
 * machine, in every process. Run as a program, it prints the hash for a seed.
 */
import { createHash } from "node:crypto";
import { pack } from "../../protocols/index.ts";
import type { TestVenue } from "./test-venue.ts";
import { tradeOut } from "./trading-day.ts";

export function digestOf(venue: TestVenue): string {
  const hash = createHash("sha256");
  venue.shards.forEach((shard, index) => {
    for (const step of venue.steps[index]!) {
      hash.update(step.verdict).update(step.events);
      for (const { producer, records } of step.replies) hash.update(producer).update(records);
      for (const { bytes } of step.outbound) hash.update(bytes);
    }
    hash.update(pack(shard.snapshot()));
  });
  return hash.digest("hex");
}

export function digestOfDay(seed: number, shards: number): string {
  return digestOf(tradeOut({ seed, shards, moves: 400, deliveryPercent: 40 }));
}

if (import.meta.main) {
  const [seed, shards] = process.argv.slice(2).map(Number);
  process.stdout.write(digestOfDay(seed ?? 0, shards ?? 1));
}
