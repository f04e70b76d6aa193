/**
 * `chaos/seeds.txt`: seeds that once broke a promise, and are run for ever.
 *
 * A line is a seed, how many seconds of virtual time its faults rage, and after `#` what it found.
 */
import { appendFileSync, readFileSync } from "node:fs";

export interface KeptSeed {
  readonly seed: number;
  readonly seconds: number;
  readonly found: string;
}

const file = new URL("../seeds.txt", import.meta.url);

export function readSeeds(): readonly KeptSeed[] {
  return parseSeeds(readFileSync(file, "utf8"));
}

/** Throws `SyntaxError` at a line that is none. */
export function parseSeeds(text: string): readonly KeptSeed[] {
  return text.split("\n").flatMap((line, index) => {
    const [numbers = "", found = ""] = line.split("#").map((part) => part.trim());
    if (numbers === "") return [];
    const parts = /^([0-9]+) +([0-9]+)$/.exec(numbers);
    if (parts === null) throw new SyntaxError(`line ${String(index + 1)} is no seed and seconds`);
    return [{ seed: Number(parts[1]), seconds: Number(parts[2]), found }];
  });
}

export function keepSeed({ seed, seconds, found }: KeptSeed): void {
  appendFileSync(file, `${String(seed)} ${String(seconds)} # ${found.replaceAll("\n", " ")}\n`);
}
