/** An account's name as an argument. */
import { InvalidArgumentError } from "commander";
import { isAccountId } from "../../protocols/identifiers.ts";

export function accountArgument(text: string): string {
  if (isAccountId(text)) return text;
  throw new InvalidArgumentError("It is no account's name.");
}
