/**
 * Files that hold what must not change unnoticed: bytes of codecs, played scenarios.
 *
 * `REWRITE=1 npm test` writes them anew instead of comparing; the reviewer reads the difference.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "vitest";

export function expectGolden(file: URL, text: string): void {
  if (process.env["REWRITE"] === "1") writeFileSync(file, text);
  expect(existsSync(file), `${file.pathname} is missing: run with REWRITE=1`).toBe(true);
  expect(text).toBe(readFileSync(file, "utf8"));
}

/** Bytes as lines of hexadecimal text that fit beside each other in a review. */
export function hexLines(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString("hex");
  return (hex.match(/.{1,96}/g) ?? []).map((line) => `  ${line}`).join("\n");
}

/** What {@link hexLines} wrote. */
export function bytesOfHexLines(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replace(/\s/g, ""), "hex"));
}

/** Each named piece of bytes under a line with its name. */
export function hexDocument(pieces: Readonly<Record<string, Uint8Array>>): string {
  return Object.entries(pieces)
    .map(([name, bytes]) => `${name}\n${hexLines(bytes)}\n`)
    .join("");
}

/** The pieces of a file that {@link hexDocument} wrote. */
export function readHexDocument(file: URL): Map<string, Uint8Array> {
  const pieces = new Map<string, Uint8Array>();
  for (const part of readFileSync(file, "utf8").split(/^(?=\S)/m)) {
    const [name = "", ...lines] = part.split("\n");
    pieces.set(name, bytesOfHexLines(lines.join("")));
  }
  return pieces;
}
