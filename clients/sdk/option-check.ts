/**
 * Whether a client can be made with what it is to be made with. A program without types may say
 * anything here; each of these throws {@link OptionsInvalid}.
 */
import { isAccountId } from "../../protocols/index.ts";
import { deadlineMsMax } from "./attempts.ts";
import { OptionsInvalid } from "./faults.ts";

/** Who asks. An administrator's name is made like an account's. */
export function checkName(option: "account" | "administrator" | "custodian", name: unknown): void {
  if (typeof name === "string" && isAccountId(name)) return;
  throw new OptionsInvalid(option, "a name is lower-case letters, digits and hyphens");
}

/** An order's name must outlive the attempts that are made under it. */
export function checkDeadline(deadlineMs: unknown): void {
  if (typeof deadlineMs === "number" && deadlineMs <= deadlineMsMax) return;
  throw new OptionsInvalid("timing.deadlineMs", `it is at most ${String(deadlineMsMax)}`);
}

/** The servers' addresses as a list. */
export function checkedServers(servers: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(servers) ? servers : [servers];
  const addresses = list.filter((server) => typeof server === "string" && server !== "");
  if (addresses.length > 0 && addresses.length === list.length) return addresses as string[];
  throw new OptionsInvalid("servers", "they are an address, or a list of at least one");
}
