/**
 * By which ways the processes of a cluster reach its nats-servers, where they do not go there
 * directly: a drill puts a proxy into each of them. A file of JSON.
 */
import { readFileSync } from "node:fs";
import { ConfigFault } from "./config-fault.ts";

export interface Ways {
  /** By engine node and gateway: the addresses at which it finds the servers, in their order. */
  readonly clients: Readonly<Record<string, readonly string[]>>;
  /** By server: the ports at which it finds the other servers. */
  readonly routes: Readonly<Record<string, readonly number[]>>;
}

export function readWays(path: string): Ways {
  try {
    const ways = JSON.parse(readFileSync(path, "utf8")) as Partial<Ways>;
    if (typeof ways.clients === "object" && typeof ways.routes === "object") return ways as Ways;
  } catch (error) {
    throw new ConfigFault("settings-invalid", `--ways: ${path} cannot be read as JSON`, error);
  }
  throw new ConfigFault("settings-invalid", `--ways: ${path} has no "clients" and "routes"`);
}
