/**
 * The process that a fault is done to, and which shards that concerns: those that need it, or for a
 * process in the second row those that do not.
 */
import type { Role } from "./roles.ts";
import type { Target } from "./target.ts";

/** Who plays which part at this moment. */
export type Playing = Pick<Target, "processOf" | "emittedBy" | "ledBy" | "shards" | "others">;

export interface Victim {
  readonly name: string;
  /** For people: "e1, which emits shards 0 and 1". */
  readonly inWords: string;
  readonly shards: readonly number[];
  readonly untouched: readonly number[];
}

/** Chooses anew where others had taken the part over before its shards were seen. */
export async function chooseVictim(target: Playing, role: Role): Promise<Victim> {
  for (;;) {
    const victim = await victimNow(target, role);
    if (victim.shards.length > 0 || target.shards.length === 0) return victim;
  }
}

async function victimNow(target: Playing, role: Role): Promise<Victim> {
  const name = await target.processOf(role);
  switch (role) {
    case "gateway":
      return { name, inWords: `${name}, a gateway`, shards: target.shards, untouched: [] };
    case "emitter": {
      const shards = await target.emittedBy(name);
      const inWords = `${name}, which emits ${shardsInWords(shards)}`;
      return { name, inWords, shards, untouched: target.others(shards) };
    }
    case "nats-leader": {
      const shards = await target.ledBy(name);
      const inWords = `${name}, which leads the log of ${shardsInWords(shards)}`;
      return { name, inWords, shards, untouched: target.others(shards) };
    }
    case "standby": {
      const shards = target.others(await target.emittedBy(name));
      const inWords = `${name}, a standby for ${shardsInWords(shards)}`;
      return { name, inWords, shards, untouched: [] };
    }
    case "nats-follower": {
      const shards = target.others(await target.ledBy(name));
      const inWords = `${name}, a follower of the log of ${shardsInWords(shards)}`;
      return { name, inWords, shards, untouched: [] };
    }
  }
}

function shardsInWords(shards: readonly number[]): string {
  const list = new Intl.ListFormat("en-GB").format(shards.map(String));
  return `${shards.length === 1 ? "shard" : "shards"} ${list || "none"}`;
}
