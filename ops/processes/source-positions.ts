/**
 * Has faults of a bundle told by their places in the sources. Every bundle begins with it.
 *
 * `--enable-source-maps` does so too, but reads all maps at every start: an eighth of the processor
 * time that a process needs to load. Here the map is read when a first fault is told.
 */
import { existsSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** By the bundle's path; undefined where there is no map beside it. */
const maps = new Map<string, SourceMap | undefined>();
const position = /(file:\/\/[^\s()]+):([0-9]+):([0-9]+)/;

/** As V8 writes it: the types do not know that it does. */
interface Site {
  toString(): string;
}

Error.prepareStackTrace = (error, sites: readonly Site[]) =>
  [
    Error.prototype.toString.call(error),
    ...sites.map((site) => `    at ${site.toString().replace(position, inSources)}`),
  ].join("\n");

function inSources(place: string, ...[url = "", line, column]: readonly string[]): string {
  const path = fileURLToPath(url);
  const origin = mapOf(path)?.findOrigin(Number(line), Number(column));
  if (origin === undefined || !("fileName" in origin)) return place;
  const source = resolve(dirname(path), origin.fileName);
  return `${source}:${String(origin.lineNumber)}:${String(origin.columnNumber)}`;
}

function mapOf(path: string): SourceMap | undefined {
  if (!maps.has(path)) maps.set(path, readMap(`${path}.map`));
  return maps.get(path);
}

function readMap(path: string): SourceMap | undefined {
  if (!existsSync(path)) return undefined;
  return new SourceMap(
    JSON.parse(readFileSync(path, "utf8")) as ConstructorParameters<typeof SourceMap>[0],
  );
}
