/**
 * The custodian as a process: watches chains, says what comes in, and sends what was approved of.
 *
 *   node ops/processes/custodian.ts --config FILE [--custodian custodian] [--wallets wallets.json] …
 */
import { readFileSync } from "node:fs";
import { CustodianClient } from "../../clients/sdk/index.ts";
import type { CustodianSettings } from "../config/process-settings.ts";
import { readSettings } from "../config/read-settings.ts";
import { ChainLine } from "../custody/chain/chain-line.ts";
import { Custodian } from "../custody/custodian.ts";
import type { DeskParts } from "../custody/custodian.ts";
import { openKeystore } from "../custody/signing/open-keystore.ts";
import type { Signer } from "../custody/signing/signer.ts";
import { hotWalletOf, readWallets } from "../custody/wallets.ts";
import { listenForLooks } from "../downstream/status-desk.ts";
import { measureCustodian } from "../telemetry/custodian-metrics.ts";
import type { Ready, Start } from "./process-host.ts";
import { hostProcess } from "./process-host.ts";

async function startCustodian(
  settings: CustodianSettings,
  [tell, undo, telemetry]: Parameters<Start>,
): Promise<Ready> {
  const { custodian: name, servers, ca, folder, pollMs } = settings;
  const { venue, keystore: place, assets } = readWallets(settings.wallets);
  const keystore = openKeystore(place);
  undo.defer(() => keystore.close());
  const desks = await Promise.all(
    assets.map(async (wallets): Promise<DeskParts> => {
      const hot = hotWalletOf(wallets);
      const signer = await keystore.open(hot.key);
      const signers = new Map<string, Signer>();
      for (const { name, key } of wallets.wallets) {
        if (key !== undefined && name !== hot.name) signers.set(name, await keystore.open(key));
      }
      return { wallets, chain: new ChainLine(wallets.chain), signer, signers };
    }),
  );
  const exchange = await CustodianClient.connect({
    ...{ custodian: name, servers },
    credentials: readFileSync(settings.custodianCredentials, "utf8"),
    ca: ca === undefined ? undefined : readFileSync(ca, "utf8"),
    // Shorter than a stop may take: what is not answered is said again with the next look.
    timing: { deadlineMs: 5000 },
  });
  undo.defer(() => exchange.close());
  const custodian = new Custodian({ name, venue, exchange, folder, desks, tell });
  measureCustodian(telemetry, custodian);
  if (settings.socket !== undefined) {
    const desk = await listenForLooks(settings.socket, () => custodian.status());
    undo.defer(() => Promise.resolve(void desk.close()));
  }
  const stop = new AbortController();
  const ended = repeat(() => custodian.round(), { pollMs, signal: stop.signal });
  undo.defer(async () => {
    stop.abort();
    await ended;
  });
  return { venue, assets: assets.map(({ asset }) => asset) };
}

/** What a round throws that does not pass ends the process. */
async function repeat(
  round: () => Promise<void>,
  { pollMs, signal }: { readonly pollMs: number; readonly signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    await round();
    await pause(pollMs, signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}

const settings = readSettings("custodian", process.argv.slice(2));
hostProcess({ ...settings, name: settings.custodian, kind: "custodian" }, (...host) =>
  startCustodian(settings, host),
);
