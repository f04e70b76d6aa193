/** What makes an instrument a contract, from the file that `outcry instrument add` is given. */
import { readFile } from "node:fs/promises";
import type { ContractTermsRequest } from "../../protocols/api/contract-terms.ts";
import { CommandFault } from "./output.ts";

/** A JSON file with what `contract` of `instrument.list` holds; the exchange checks what is in it. */
export async function contractIn(file: string): Promise<ContractTermsRequest> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandFault("file-unreadable", `--contract ${file}: ${why}`);
  }
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (isObject) return value as ContractTermsRequest;
  throw new CommandFault("file-unreadable", `--contract ${file}: it is no JSON object`);
}
