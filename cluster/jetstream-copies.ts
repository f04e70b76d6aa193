/**
 * What the servers that keep a stream have stored under a sequence.
 *
 * The leader can be asked by itself. A direct get is answered by any server with a copy, whichever
 * the servers choose, and nobody says which one it was: so it is asked often enough that each has
 * answered, as good as surely.
 */
import { assert } from "../protocols/assert.ts";
import { EntryMissing, LogUnavailable } from "./faults.ts";
import { hexOf } from "./hash-chain.ts";
import type { JetStreamReader } from "./jetstream-reader.ts";
import type { JetStreamLogStream } from "./jetstream-stream.ts";
import { hashOfEntry } from "./log-origin.ts";
import type { EntryCopies, EntryCopy, LogEntry } from "./replicated-log.ts";

/** Of three servers one is left out by so many with a chance of one in six thousand. */
const asksCount = 24;
const leaderTimeoutMs = 1000;

export async function copiesAt(
  sequence: number,
  ways: {
    readonly stream: JetStreamLogStream;
    readonly reader: JetStreamReader;
    readonly deadlineMs: number;
  },
): Promise<EntryCopies> {
  assert(sequence >= 1);
  const { stream, reader, deadlineMs } = ways;
  const { leader = "the server" } = await stream.state(deadlineMs);
  const asked = Array.from({ length: asksCount }, () => copyAnywhere(stream, reader, sequence));
  const [ofLeader, ...others] = await Promise.all([copyOfLeader(stream, sequence), ...asked]);
  const answers = others.filter((answer) => answer !== undefined);
  const distinct = new Map(answers.map((copy) => [nameOf(copy.entry), copy]));
  if (ofLeader !== undefined) distinct.delete(nameOf(ofLeader.entry));
  return {
    isComplete: ofLeader !== undefined && answers.length > asksCount / 2,
    answers: [
      ...(ofLeader === undefined ? [] : [{ ...ofLeader, server: leader }]),
      ...distinct.values(),
    ],
  };
}

/** Undefined when it did not answer. */
async function copyOfLeader(
  stream: JetStreamLogStream,
  sequence: number,
): Promise<EntryCopy | undefined> {
  try {
    return { server: "", entry: await stream.storedEntry(sequence, leaderTimeoutMs) };
  } catch (error) {
    if (error instanceof EntryMissing) return { server: "", entry: undefined };
    if (error instanceof LogUnavailable) return undefined;
    throw error;
  }
}

/** Undefined when nobody answered. */
async function copyAnywhere(
  stream: JetStreamLogStream,
  reader: JetStreamReader,
  sequence: number,
): Promise<EntryCopy | undefined> {
  try {
    const [entry] = (await reader.read(stream.name, sequence, { entriesMax: 1 })).entries;
    return { server: "another server", entry };
  } catch (error) {
    if (error instanceof LogUnavailable) return undefined;
    throw error;
  }
}

function nameOf(entry: LogEntry | undefined): string {
  return entry === undefined ? "" : hexOf(hashOfEntry(entry));
}
