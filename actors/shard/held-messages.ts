/**
 * Messages for an actor that has not arrived, in the order in which they came.
 */
import {
  assert,
  readMessage,
  RecordReader,
  RecordWriter,
  writeMessage,
} from "../../protocols/index.ts";
import type { Message, Origin } from "../../protocols/index.ts";
import { Queue } from "../queue.ts";

/** A message and the command that it descends from. */
export interface HeldMessage {
  readonly message: Message;
  readonly origin: Origin;
}

export class HeldMessages {
  readonly #held = new Queue<HeldMessage>();

  get count(): number {
    return this.#held.length;
  }

  add(message: Message, { producer, epoch, frame, index }: Origin): void {
    // Copies: whoever sends may use its object again once a message has been heard.
    this.#held.add({ message: { ...message }, origin: { producer, epoch, frame, index } });
  }

  /** Hands over the one that came first; undefined when there is none. */
  take(): HeldMessage | undefined {
    const { first } = this.#held;
    if (first !== undefined) this.#held.removeFirst();
    return first;
  }

  snapshot(): SavedHeldMessages {
    const held = this.#held.values();
    const writer = new RecordWriter();
    for (const { message } of held) writeMessage(writer, message);
    const origins = held.map(({ origin }) => {
      const { producer, epoch, frame, index } = origin;
      return [producer, epoch, frame, index] as const;
    });
    return [origins, writer.finish()];
  }

  restore([origins, records]: SavedHeldMessages): void {
    assert(this.count === 0);
    const reader = RecordReader.of(records);
    for (const [producer, epoch, frame, index] of origins) {
      this.add(readMessage(reader), { producer, epoch, frame, index });
    }
    assert(!reader.hasMore);
  }
}

type SavedOrigin = readonly [producer: string, epoch: number, frame: number, index: number];

export type SavedHeldMessages = readonly [origins: readonly SavedOrigin[], records: Uint8Array];
