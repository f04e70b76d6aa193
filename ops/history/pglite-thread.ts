/**
 * The thread in which the embedded database works: whoever has it can do other things meanwhile,
 * and can end it in the midst of a statement, which nothing else can.
 *
 * It does one thing after the other, as it is told.
 */
import { parentPort, workerData } from "node:worker_threads";
import { PGlite, types } from "@electric-sql/pglite";
import { assert } from "../../protocols/index.ts";
import { isAnswer } from "./database.ts";
import type { PgliteAnswer, PgliteFault, PgliteOrder, PgliteResult } from "./pglite-session.ts";

async function serve(folder: string): Promise<void> {
  const port = parentPort;
  assert(port !== null);
  const database = PGlite.create(folder);
  const tell = (answer: PgliteAnswer): void => port.postMessage(answer);
  port.on("message", (order: PgliteOrder) => {
    void database
      .then((open) => perform(open, order))
      .then(
        (result) => tell({ number: order.number, result }),
        (error: unknown) => tell({ number: order.number, fault: faultOf(error) }),
      );
  });
  await database.catch(() => undefined);
}

async function perform(database: PGlite, order: PgliteOrder): Promise<PgliteResult> {
  switch (order.kind) {
    case "query": {
      const { text, values, isByPosition } = order;
      const rowMode = isByPosition ? "array" : "object";
      const { fields, rows } = await database.query(text, [...values], { rowMode, parsers });
      return { columns: fields.map(({ name }) => name), rows };
    }
    case "copy":
      await database.query(order.text, [], { blob: new Blob([order.bytes]) });
      return nothing;
    case "execute": {
      // Of several statements, the last one's answer.
      const answers = await database.exec(order.text);
      return { columns: [], rows: answers.at(-1)?.rows ?? [] };
    }
    case "close":
      await database.close();
      return nothing;
  }
}

const nothing: PgliteResult = { columns: [], rows: [] };

/** An error's own fields do not go from thread to thread. */
function faultOf(error: unknown): PgliteFault {
  if (isAnswer(error)) {
    const { message, code } = error;
    return { message, answer: { code, severity: String(Reflect.get(error, "severity")) } };
  }
  return { message: error instanceof Error ? error.message : String(error) };
}

/** Small integers and truth as what they are, all else as the database writes it. */
const parsers = Object.fromEntries(
  Object.values(types)
    .filter((type) => typeof type === "number" && type !== types.BOOL && type !== types.INT4)
    .map((type) => [type as number, (text: string) => text]),
);

await serve(workerData as string);
