/**
 * Whether a request's body is well-formed, and if not, which field is at fault and why.
 *
 * Schemas are compiled once at start. The first fault found is told: one is enough to act on, and a
 * stranger's body is not worth more work.
 */
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { fieldFault } from "../protocols/api/errors.ts";
import type { RequestFault } from "../protocols/api/errors.ts";
import { RejectReason } from "../protocols/index.ts";

/** Tells what is wrong with a body; undefined when nothing is. */
export type RequestCheck = (body: unknown) => RequestFault | undefined;

export function compileCheck(schema: TSchema): RequestCheck {
  const compiled = Compile(schema);
  return (body) => {
    if (!isObject(body)) return { reason: RejectReason["request-malformed"] };
    if (compiled.Check(body)) return undefined;
    for (const error of compiled.Errors(body)) {
      const found = faultOf(error);
      if (found !== undefined) return found;
    }
    return { reason: RejectReason["request-malformed"] };
  };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What we read of TypeBox's account of an error. */
interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message: string;
}

const typeNames: Readonly<Record<string, string>> = {
  integer: "an integer",
  string: "text",
  boolean: "true or false",
  array: "a list",
  object: "an object",
};

function faultOf({ keyword, instancePath, params, message }: SchemaError) {
  const field = fieldAt(instancePath);
  switch (keyword) {
    case "boolean":
      // Told once more, and better, as an additional property.
      return undefined;
    case "required":
      return fieldFault(
        fieldUnder(field, firstOf(params["requiredProperties"])),
        "It is required.",
      );
    case "additionalProperties": {
      const unknown = fieldUnder(field, firstOf(params["additionalProperties"]));
      return fieldFault(unknown, "This request has no such field.");
    }
    case "type":
      return fieldFault(field, `It must be ${typeNames[String(params["type"])] ?? message}.`);
    case "minimum":
      return fieldFault(field, `It must be at least ${String(params["limit"])}.`);
    case "maximum":
      return fieldFault(field, `It must be at most ${String(params["limit"])}.`);
    case "pattern":
      return fieldFault(field, `It must match ${String(params["pattern"])}.`);
    case "enum":
      return fieldFault(field, `It must be one of ${String(params["allowedValues"])}.`);
    case "minItems":
      return fieldFault(field, `It must hold at least ${String(params["limit"])}.`);
    case "maxItems":
      return field === "commands"
        ? { reason: RejectReason["batch-too-large"], field }
        : fieldFault(field, `It must hold at most ${String(params["limit"])}.`);
    default:
      return fieldFault(field, `It ${message}.`);
  }
}

/** A JSON pointer as people write it: `/commands/3/price` is `commands[3].price`. */
function fieldAt(pointer: string): string {
  let field = "";
  for (const token of pointer.split("/").slice(1)) {
    if (/^[0-9]+$/.test(token)) field += `[${token}]`;
    else field = fieldUnder(field, token);
  }
  return field;
}

const nameLengthMax = 40;

function fieldUnder(outer: string, name: string): string {
  const shown = name.length > nameLengthMax ? `${name.slice(0, nameLengthMax)}…` : name;
  return outer === "" ? shown : `${outer}.${shown}`;
}

function firstOf(names: unknown): string {
  const first: unknown = Array.isArray(names) ? names[0] : undefined;
  return typeof first === "string" ? first : "";
}
