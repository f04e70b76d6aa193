/**
 * The agents as a process: trades until it is told to stop, whatever the exchange does meanwhile,
 * and takes its orders back before it ends.
 *
 * Says what happens in JSON lines, on standard output and to whoever started it; stops at SIGTERM
 * and SIGINT, and when whoever started it is gone.
 */
import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { OutcryClient, OutcryFault } from "../sdk/index.ts";
import { readAgentAccounts, readAgentSettings, SettingsInvalid } from "./agent-settings.ts";
import type { AgentAccount, AgentSettings } from "./agent-settings.ts";
import { Pace } from "./pace.ts";
import { TradingFloor } from "./trading-floor.ts";

const lookAroundMs = 10_000;
const tellEveryMs = 60_000;
const stopMsMax = 5000;

process.stdout.on("error", () => undefined);
process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);

const settings = readAgentSettings(process.argv.slice(2));
const { makers, takers } = readAgentAccounts(settings.credsDir);

const clients = {
  makers: await Promise.all(makers.map((maker) => connect(settings, maker))),
  takers: await Promise.all(takers.map((taker) => connect(settings, taker))),
};
const floor = new TradingFloor({ ...clients, ...settings });
await lookAround();
const pace = new Pace(settings.rate, () => void floor.tick());
const looking = setInterval(() => void lookAround(), lookAroundMs);
const telling = setInterval(() => tell("trading", { ...floor.counts }), tellEveryMs);
let isStopping = false;
process.on("SIGTERM", () => void stop("SIGTERM"));
process.on("SIGINT", () => void stop("SIGINT"));
process.on("disconnect", () => void stop("the supervisor is gone"));
tell("ready", { ready: true, pid: process.pid, symbols: floor.symbols });

function connect({ servers, ca }: AgentSettings, account: AgentAccount): Promise<OutcryClient> {
  const authority = ca === undefined ? {} : { ca: readFileSync(ca, "utf8") };
  const name = `agent ${account.account}`;
  return OutcryClient.connect({ servers, ...authority, ...account, name });
}

async function lookAround(): Promise<void> {
  try {
    await floor.lookAround();
  } catch (error) {
    if (!(error instanceof OutcryFault)) throw error;
    tell("unanswered", { error: error.message });
  }
}

async function stop(why: string): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  tell("stopping", { why });
  pace.stop();
  clearInterval(looking);
  clearInterval(telling);
  // An exchange that is gone cannot give orders back.
  setTimeout(() => process.exit(0), stopMsMax);
  try {
    await floor.close();
  } catch (error) {
    if (!(error instanceof OutcryFault)) throw error;
    tell("unanswered", { error: error.message });
  }
  await Promise.all([...clients.makers, ...clients.takers].map((client) => client.close()));
  tell("stopped", { ...floor.counts });
  process.exit(0);
}

function fail(error: unknown): void {
  const isMistake = error instanceof SettingsInvalid;
  tell("failed", { error: isMistake ? error.message : inspect(error) });
  process.exit(1);
}

function tell(kind: string, more: Readonly<Record<string, unknown>>): void {
  const line = { at: new Date().toISOString(), process: "agents", kind, ...more };
  process.stdout.write(`${JSON.stringify(line)}\n`);
  if (process.connected) process.send?.(line, () => undefined);
}
