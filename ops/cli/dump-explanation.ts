/**
 * Explains a divergence dump: holds the entry it read, the outputs it computed and the state it had
 * against a rebuild from the log, and says where they part.
 */
import { Shard } from "../../actors/index.ts";
import type { DivergenceDump } from "../../cluster/divergence-dump.ts";
import type { DumpedStep } from "../../cluster/divergence-dump.ts";
import { accountOf } from "../../cluster/feed-comparison.ts";
import { HashedShard } from "../../cluster/hashed-shard.ts";
import { hexOf } from "../../cluster/hash-chain.ts";
import type { LogEntry, ReplicatedLog } from "../../cluster/replicated-log.ts";
import type { HashedStep } from "../../cluster/step-history.ts";
import { readEvent } from "../../protocols/event-codec.ts";
import { repliesIn } from "../../protocols/feed.ts";
import { decodeFrame } from "../../protocols/frame.ts";
import { MalformedRecords, pack, RecordReader, unpack } from "../../protocols/records.ts";
import { piecesOf } from "../downstream/log-pieces.ts";
import { CommandFault, paint } from "./output.ts";
import { differencesIn } from "./tree-differences.ts";
import type { TreeDifference } from "./tree-differences.ts";

export interface DumpExplanation {
  readonly node: string;
  readonly version: string;
  readonly shard: number;
  readonly entry: number;
  readonly by: string;
  readonly cause: string;
  readonly at: string;
  /** What the entry differs in from what the log holds; empty when it is the same. */
  readonly entryDifferences: readonly TreeDifference[];
  /** Undefined when the step was no longer at hand. */
  readonly outputDifferences: readonly TreeDifference[] | undefined;
  readonly stateAt: number;
  readonly stateDifferences: readonly TreeDifference[];
  /** Who told of the entry what the rebuild computes. */
  readonly right: "others" | "this replica" | "neither";
}

export async function explainDump(
  dump: DivergenceDump,
  log: ReplicatedLog,
): Promise<DumpExplanation> {
  if ((await log.first()) > 1) {
    throw new CommandFault(
      "log-retired",
      "the log's beginning is gone: there is no rebuild to hold it against",
    );
  }
  const { sequence, state } = dump;
  const hashed = new HashedShard(new Shard(dump.shard, dump.shards));
  let stored: LogEntry | undefined;
  let rebuilt: HashedStep | undefined;
  const upTo = Math.max(sequence, state.sequence);
  for await (const entries of piecesOf(log, { from: 1, upTo })) {
    for (const entry of entries) {
      const step = hashed.apply(entry);
      if (entry.sequence !== sequence) continue;
      stored = entry;
      rebuilt = step;
    }
  }
  if (hashed.shard.sequence < upTo) {
    throw new CommandFault("log-too-short", "the log ends before the dump");
  }
  const read = dump.entries.find((entry) => entry.sequence === sequence);
  const computed = dump.steps.find((step) => step.sequence === sequence);
  const { node, version, shard, by, cause, writtenAtMs } = dump;
  return {
    ...{ node, version, shard, entry: sequence, by, cause },
    at: new Date(writtenAtMs).toISOString(),
    entryDifferences: read === undefined ? [] : differencesIn(shown(read), shown(stored)),
    outputDifferences:
      computed && differencesIn(outputsOf(computed), rebuilt && outputsOf(rebuilt.step)),
    stateAt: state.sequence,
    stateDifferences: differencesIn(unpack(state.bytes), unpack(pack(hashed.shard.snapshot()))),
    right: rebuilt === undefined ? "neither" : rightIn(dump, hexOf(accountOf(rebuilt))),
  };
}

function rightIn(
  { expected, computed }: DivergenceDump,
  rebuilt: string,
): DumpExplanation["right"] {
  if (rebuilt === expected) return "others";
  return rebuilt === computed ? "this replica" : "neither";
}

/** An entry for people: its frame if it holds one, else its bytes. */
function shown(entry: LogEntry | undefined): unknown {
  if (entry === undefined) return undefined;
  const { timeUs, producer, payload } = entry;
  try {
    return { timeUs, producer, frame: decodeFrame(payload) };
  } catch (error) {
    if (!(error instanceof MalformedRecords)) throw error;
    return { timeUs, producer, bytes: payload };
  }
}

function outputsOf({
  verdict,
  events,
  replies,
  outbound,
}: Omit<DumpedStep, "entriesHash" | "outputsHash">): unknown {
  const reader = RecordReader.of(events);
  const told: unknown[] = [];
  while (reader.hasMore) told.push(readEvent(reader));
  return {
    verdict,
    events: told,
    replies: replies.map(({ producer, records }) => [producer, ...repliesIn(records)]),
    outbound: outbound.map(({ shard, frame, bytes }) => ({
      shard,
      frame,
      messages: decodeFrame(bytes).messages,
    })),
  };
}

export function renderExplanation(explanation: DumpExplanation): string {
  const { node, shard, entry, by, cause, at, version, stateAt } = explanation;
  const { entryDifferences, outputDifferences, stateDifferences, right } = explanation;
  const because =
    cause === "entry" ? "it read another entry than the others" : "it computed something else";
  return [
    `${node}'s replica of shard ${shard} differs from entry ${entry} on: ${because} (${by} said so)`,
    `release ${version}, ${at}; a rebuild from the log agrees with ${right === "others" ? "the others" : right}`,
    "",
    ...section("the entry", entryDifferences),
    ...(outputDifferences === undefined
      ? ["its outputs: no longer at hand"]
      : section("its outputs", outputDifferences)),
    ...section(`the state after entry ${stateAt}`, stateDifferences),
  ].join("\n");
}

function section(title: string, differences: readonly TreeDifference[]): readonly string[] {
  if (differences.length === 0) return [`${title}: the same as in the rebuild`];
  return [
    `${title}:`,
    ...differences.map(
      ({ path, here, there }) =>
        `  ${path}: ${paint("red", here)} here, ${paint("green", there)} in the rebuild`,
    ),
  ];
}
