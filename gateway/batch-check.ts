/**
 * Whether a batch's body is well-formed: each command by the schema of its own operation, so that
 * the fault told is the one in it and not that it is no command of any kind.
 */
import { Type } from "typebox";
import { faultWithin, fieldFault } from "../protocols/api/errors.ts";
import type { RequestFault } from "../protocols/api/errors.ts";
import { closed } from "../protocols/api/fields.ts";
import { batchCommandsMax } from "../protocols/api/limits.ts";
import { batchCancel, batchPlace, batchReplace } from "../protocols/api/order-requests.ts";
import { compileCheck, isObject } from "./request-check.ts";
import type { RequestCheck } from "./request-check.ts";

/** As the batch's schema, but for what is in its list. */
const batchOutline = Type.Object(
  { commands: Type.Array(Type.Unknown(), { minItems: 1, maxItems: batchCommandsMax }) },
  closed,
);

export function compileBatchCheck(): RequestCheck {
  const checkOutline = compileCheck(batchOutline);
  const checks: ReadonlyMap<unknown, RequestCheck> = new Map([
    ["place", compileCheck(batchPlace)],
    ["cancel", compileCheck(batchCancel)],
    ["replace", compileCheck(batchReplace)],
  ]);
  const checkCommand = (command: unknown): RequestFault | undefined => {
    if (!isObject(command)) return fieldFault("", "It must be an object.");
    const check = checks.get(command["op"]);
    if (check === undefined) return fieldFault("op", "It must be place, cancel or replace.");
    return check(command);
  };
  return (body) => {
    const fault = checkOutline(body);
    if (fault !== undefined) return fault;
    const { commands } = body as { readonly commands: readonly unknown[] };
    for (const [index, command] of commands.entries()) {
      const found = checkCommand(command);
      if (found !== undefined) return faultWithin(`commands[${String(index)}]`, found);
    }
    return undefined;
  };
}
