/**
 * What the agents' process is started with: a JSON file, any of whose fields a flag may replace.
 *
 *   node clients/agents/main.ts --config agents.json --rate 50
 *   node clients/agents/main.ts --servers nats://127.0.0.1:4222 --creds-dir keys/users/participant
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

export interface AgentSettings {
  readonly servers: readonly string[];
  /** The file of the certificate by which the servers are known; without it, in the clear. */
  readonly ca?: string;
  /** A folder with `maker-1.creds`, `taker-1.creds`, …: who trades, and how they are let in. */
  readonly credsDir: string;
  readonly seed: number;
  /** Orders a second of all agents together. */
  readonly rate: number;
  /** Only these instruments; all when left out. */
  readonly symbols?: readonly string[];
}

/** Modest, so that a laptop with nothing else to do stays cool. */
const rateByDefault = 20;
const seedByDefault = 1;

export class SettingsInvalid extends Error {
  override readonly name = "SettingsInvalid";
}

const flags = {
  config: { type: "string" },
  servers: { type: "string" },
  ca: { type: "string" },
  "creds-dir": { type: "string" },
  seed: { type: "string" },
  rate: { type: "string" },
  symbols: { type: "string" },
} as const;

export function readAgentSettings(args: readonly string[]): AgentSettings {
  const { values } = parsed(args);
  const file = values.config === undefined ? {} : objectIn(values.config);
  const servers = values.servers?.split(",") ?? file["servers"];
  const credsDir = values["creds-dir"] ?? file["credsDir"];
  const ca = values.ca ?? file["ca"];
  const symbols = values.symbols?.split(",") ?? file["symbols"];
  const seed = values.seed === undefined ? (file["seed"] ?? seedByDefault) : Number(values.seed);
  const rate = values.rate === undefined ? (file["rate"] ?? rateByDefault) : Number(values.rate);
  if (!isTextList(servers)) throw new SettingsInvalid("servers must be a list of addresses");
  if (typeof credsDir !== "string") throw new SettingsInvalid("credsDir must name a folder");
  if (typeof seed !== "number" || !Number.isSafeInteger(seed)) {
    throw new SettingsInvalid("seed must be a whole number");
  }
  if (typeof rate !== "number" || !(rate > 0 && rate <= 100_000)) {
    throw new SettingsInvalid("rate must be orders a second, above 0");
  }
  if (ca !== undefined && typeof ca !== "string") {
    throw new SettingsInvalid("ca must name a file");
  }
  const settings = { servers, credsDir, seed, rate, ...(ca !== undefined && { ca }) };
  if (symbols === undefined) return settings;
  if (!isTextList(symbols)) throw new SettingsInvalid("symbols must be a list of instruments");
  return { ...settings, symbols };
}

export interface AgentAccounts {
  readonly makers: readonly AgentAccount[];
  readonly takers: readonly AgentAccount[];
}

export interface AgentAccount {
  readonly account: string;
  /** The text of its .creds file. */
  readonly credentials: string;
}

/** The accounts that the folder holds credentials for. */
export function readAgentAccounts(credsDir: string): AgentAccounts {
  const accounts = filesIn(credsDir)
    .map((file) => /^((?:maker|taker)-[0-9]+)\.creds$/.exec(file)?.[1])
    .filter((account) => account !== undefined)
    .sort(byNumber)
    .map((account) => {
      return { account, credentials: readFileSync(join(credsDir, `${account}.creds`), "utf8") };
    });
  const makers = accounts.filter(({ account }) => account.startsWith("maker"));
  if (makers.length === 0) throw new SettingsInvalid(`${credsDir} holds no maker-1.creds`);
  return { makers, takers: accounts.filter(({ account }) => account.startsWith("taker")) };
}

function byNumber(a: string, b: string): number {
  return Number(a.replace(/^.*-/, "")) - Number(b.replace(/^.*-/, ""));
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw new SettingsInvalid(`${folder} cannot be read`, { cause: error });
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new SettingsInvalid(message, { cause: error });
  }
}

function objectIn(path: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch (error) {
    throw new SettingsInvalid(`${path} cannot be read as JSON`, { cause: error });
  }
  throw new SettingsInvalid(`${path} holds no JSON object`);
}

function isTextList(value: unknown): value is readonly string[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  return value.every((item) => typeof item === "string" && item !== "");
}
