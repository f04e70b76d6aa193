/**
 * A LOBSTER message file and its order-book file, read side by side, one row at a time: however
 * long they are, only a little of them is in memory.
 */
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { BookRow } from "./book-row.ts";
import { LobsterFault, malformed } from "./lobster-fault.ts";
import { parseMessage } from "./lobster-message.ts";
import type { LobsterMessage } from "./lobster-message.ts";

export interface LobsterPaths {
  readonly messages: string;
  readonly orderbook: string;
}

/** One line of each file. */
export interface LobsterRow {
  /** The line's number, from 1. */
  readonly row: number;
  readonly message: LobsterMessage;
  /** The book after the message. */
  readonly book: BookRow;
}

/** Throws a {@link LobsterFault} when a file cannot be read or a line is not as it must be. */
export async function* readLobsterRows(paths: LobsterPaths): AsyncGenerator<LobsterRow, void> {
  const messages = linesOf(paths.messages);
  const books = linesOf(paths.orderbook);
  let depth: number | undefined;
  try {
    for (let row = 1; ; row++) {
      const [message, book] = await Promise.all([messages.next(), books.next()]);
      if (message.done === true && book.done === true) return;
      if (message.done === true) throw tooShort(paths.messages, paths.orderbook, row);
      if (book.done === true) throw tooShort(paths.orderbook, paths.messages, row);
      const place = { file: basename(paths.orderbook), line: row };
      const bookRow = BookRow.parse(book.value, place);
      depth ??= bookRow.depth;
      if (bookRow.depth !== depth) {
        throw malformed(place, `it has ${bookRow.depth} levels and the lines before ${depth}`);
      }
      const inMessages = { file: basename(paths.messages), line: row };
      yield { row, message: parseMessage(message.value, inMessages), book: bookRow };
    }
  } finally {
    await Promise.all([messages.return(), books.return()]);
  }
}

/**
 * How many levels of each side the files have room for. Throws a {@link LobsterFault} when they
 * cannot be read, or hold nothing to compare: the first row only seeds the book.
 */
export async function readDepth(paths: LobsterPaths): Promise<number> {
  let depth = 0;
  for await (const { row, book } of readLobsterRows(paths)) {
    depth = book.depth;
    if (row > 1) return depth;
  }
  const holds = depth === 0 ? "no rows" : "one row, from which the book is seeded";
  throw new LobsterFault("file-malformed", `${paths.messages} holds ${holds}: nothing to compare`);
}

function tooShort(shorter: string, longer: string, row: number): LobsterFault {
  const place = { file: basename(shorter), line: row };
  return malformed(place, `the file ends before ${basename(longer)} does`);
}

const chunkBytes = 1 << 20;

/** The lines of a file without their ends. An empty last line is none. */
async function* linesOf(path: string): AsyncGenerator<string, void> {
  try {
    const file = await open(path);
    const chunks = file.createReadStream({ encoding: "latin1", highWaterMark: chunkBytes });
    let rest = "";
    for await (const chunk of chunks as AsyncIterable<string>) {
      const text = rest + chunk;
      let start = 0;
      for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
        yield withoutReturn(text.slice(start, end));
        start = end + 1;
      }
      rest = text.slice(start);
    }
    if (rest !== "") yield withoutReturn(rest);
  } catch (error) {
    if (error instanceof LobsterFault) throw error;
    const { code, message: original } = error as NodeJS.ErrnoException;
    const message = code === "ENOENT" ? `no such file: ${path}` : original;
    throw new LobsterFault("file-unreadable", message, { cause: error });
  }
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
