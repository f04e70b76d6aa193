/**
 * What a gateway's notes on a frame say: of each of its commands when it came, and of earlier
 * frames what became of them.
 */
import { decodeNotes, MalformedRecords, unsealFrame } from "../../protocols/index.ts";
import type { FrameHeader, FrameNotes, ShardId } from "../../protocols/index.ts";
import { frameNameOf } from "./act.ts";
import type { FrameNews, Receipt } from "./act.ts";

/** A frame's header and notes. */
export type NotedFrame = FrameHeader & { readonly notes: FrameNotes };

/** undefined for a frame without notes, and for one whose notes cannot be read. */
export function notedFrameIn(payload: Uint8Array): NotedFrame | undefined {
  try {
    const { notes, ...header } = unsealFrame(payload);
    return notes === undefined ? undefined : { ...header, notes: decodeNotes(notes) };
  } catch (error) {
    if (error instanceof MalformedRecords) return undefined;
    throw error;
  }
}

/** By the places of the frame's commands. */
export function receiptsIn({ notes: { closedUs, came } }: NotedFrame): readonly Receipt[] {
  return came.flatMap(({ count, beforeUs, traceparent }) =>
    Array<Receipt>(count).fill({ cameUs: closedUs - beforeUs, closedUs, traceparent }),
  );
}

/** By the frame's shard. */
export function newsIn(shard: ShardId, noted: NotedFrame): readonly FrameNews[] {
  const { closedUs, stored, answered } = noted.notes;
  const nameOf = (frame: number): string => frameNameOf(shard, { ...noted, frame });
  return [
    ...stored.map(({ frame, beforeUs }) => {
      return { frame: nameOf(frame), atUs: closedUs - beforeUs, answered: undefined };
    }),
    ...answered.map(({ frame, index, count, answer, beforeUs }) => {
      const atUs = closedUs - beforeUs;
      return { frame: nameOf(frame), atUs, answered: { index, count, answer } };
    }),
  ];
}
