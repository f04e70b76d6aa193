/**
 * The acts of a simulated chain in a file, a line of JSON each, on disk before anybody is told of
 * them. A last line that was cut off was told to nobody, and is cut away.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync } from "node:fs";
import { writeSync } from "node:fs";
import { isChainAct } from "./chain-act.ts";
import type { ChainAct } from "./chain-act.ts";
import { SimulatedChain } from "./simulated-chain.ts";

export class JournalMalformed extends Error {
  override readonly name = "JournalMalformed";
  readonly code = "journal-malformed";
}

export interface KeptChain extends Disposable {
  readonly chain: SimulatedChain;
}

/** The chain that the file is the journal of; a new one if there is none. */
export function openKeptChain(path: string): KeptChain {
  const before = actsIn(path);
  const file = openSync(path, "a", 0o600);
  const keep = (act: ChainAct): void => {
    writeSync(file, `${JSON.stringify(act)}\n`);
    fsyncSync(file);
  };
  return { chain: new SimulatedChain(before, keep), [Symbol.dispose]: () => closeSync(file) };
}

function actsIn(path: string): readonly ChainAct[] {
  if (!existsSync(path)) return [];
  const text = readFileSync(path, "utf8");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  if (whole.length < text.length) truncateSync(path, Buffer.byteLength(whole));
  return whole
    .split("\n")
    .slice(0, -1)
    .map((line, index) => actIn(line, `${path}, line ${String(index + 1)}`));
}

function actIn(line: string, where: string): ChainAct {
  try {
    const act: unknown = JSON.parse(line);
    if (isChainAct(act)) return act;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new JournalMalformed(`${where} is no act of a chain`);
}
