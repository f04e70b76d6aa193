/**
 * Simulated chains as a process, for a custodian to try: each goes on from its journal, and has a
 * block every so often. It outlives the custodian, as a chain does.
 *
 *   node ops/processes/chain.ts --config FILE
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { ChainSettings } from "../config/process-settings.ts";
import { openKeptChain } from "../custody/chain/chain-journal.ts";
import { serveChain } from "../custody/chain/chain-line.ts";
import { hostProcess } from "./process-host.ts";
import type { Ready, Start } from "./process-host.ts";

async function startChains(settings: ChainSettings, [, undo]: Parameters<Start>): Promise<Ready> {
  const { chains, blockSeconds } = settings;
  for (const { journal, socket } of chains) {
    const kept = openKeptChain(journal);
    undo.defer(() => Promise.resolve(kept[Symbol.dispose]()));
    const server = await serveChain(socket, kept.chain);
    undo.defer(() => Promise.resolve(void server.close()));
    const mine = (): void => void kept.chain.act({ kind: "mine", blocks: 1 });
    const mining = setInterval(mine, blockSeconds * 1000);
    undo.defer(() => Promise.resolve(clearInterval(mining)));
  }
  return { sockets: chains.map(({ socket }) => socket) };
}

const { config = "" } = parseArgs({ options: { config: { type: "string" } } }).values;
const settings = JSON.parse(readFileSync(config, "utf8")) as ChainSettings;
hostProcess({ name: "chain", kind: "chain" }, (...host) => startChains(settings, host));
