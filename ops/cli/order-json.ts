/**
 * Orders, and commands on them, as JSON on a command line or in a file: prices and quantities may
 * be decimal numbers. What else they hold is for the SDK to judge.
 */
import { readFileSync } from "node:fs";
import type { NaturalUnits } from "./natural-units.ts";
import { usageFault } from "./output.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

/** The objects in JSON arguments, or in the files that they name. */
export function objectsIn(texts: readonly string[]): readonly JsonObject[] {
  return texts.flatMap((text) => {
    const isJson = text.trimStart().startsWith("{");
    const parsed = isJson ? parse(text, text) : parse(contentOf(text), text);
    const found: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
    return found.map((order) => {
      if (typeof order !== "object" || order === null) throw usageFault(`${text} holds no orders`);
      return order as JsonObject;
    });
  });
}

/** Which instrument an order is in. */
export function symbolIn({ symbol }: JsonObject): string {
  if (typeof symbol === "string") return symbol;
  throw usageFault("every order has a symbol");
}

/** Fields whose numbers count ticks, and lots; as text they are natural. */
const tickFields = ["price", "triggerPrice", "trailTicks", "pegOffset"];
const lotFields = ["quantity", "displayQuantity", "minimumQuantity"];

/** Whether there are prices or quantities as text. */
export function isNatural(json: JsonObject): boolean {
  return [...tickFields, ...lotFields].some((field) => typeof json[field] === "string");
}

/** A request as the SDK takes it: prices and quantities that are text are counted. */
export function countedIn<Request>(json: JsonObject, units: NaturalUnits): Request {
  const request: Record<string, unknown> = { ...json };
  for (const field of tickFields) {
    const value = json[field];
    if (typeof value === "string") request[field] = units.ticksOf(value);
  }
  for (const field of lotFields) {
    const value = json[field];
    if (typeof value === "string") request[field] = units.lotsOf(value);
  }
  return request as Request;
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw usageFault(`${file} cannot be read: ${error instanceof Error ? error.message : ""}`);
  }
}

function parse(json: string, where: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch (error) {
    throw usageFault(`${where} is no JSON: ${error instanceof Error ? error.message : ""}`);
  }
}
