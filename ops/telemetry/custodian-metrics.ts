/**
 * What a custodian tells of itself: what is under way, what wallets have, and whether it goes
 * on.
 */
import type { Custodian } from "../custody/custodian.ts";
import { StallWatch } from "./stall-watch.ts";
import type { Telemetry } from "./telemetry.ts";

/**
 * Not ready while anything waits, which a restart would not mend; not alive when one look has
 * come to no end for a while, since what it asks for is given up much earlier.
 */
export function measureCustodian(telemetry: Telemetry, custodian: Pick<Custodian, "status">): void {
  const stalls = new StallWatch();
  telemetry.health.readyUnless(() => Object.values(custodian.status().waiting));
  telemetry.health.liveUnless(() => {
    const { looks: position } = custodian.status();
    return stalls.look([{ what: "looking", position, target: position + 1, canGoOn: true }]);
  });
  telemetry.measure((scrape) => {
    const { looks, waiting, assets } = custodian.status();
    scrape.value("outcry_custodian_looks_total", {}, looks);
    for (const { asset, height, told, ...of } of assets) {
      scrape.value("outcry_custodian_waiting", { asset }, Number(waiting[asset] !== undefined));
      scrape.value("outcry_custodian_chain_blocks", { asset }, height);
      scrape.value("outcry_custodian_told_blocks", { asset }, told);
      for (const [status, count] of Object.entries(of.withdrawals)) {
        scrape.value("outcry_custodian_withdrawals", { asset, status }, count);
      }
      scrape.value("outcry_custodian_deposits_waiting", { asset }, of.depositsWaiting);
      scrape.value("outcry_custodian_displaced_total", { asset }, of.displaced);
      scrape.value("outcry_custodian_unassigned_total", { asset }, of.unassigned);
      for (const { name: wallet, balance, least, most } of of.wallets) {
        scrape.value("outcry_custodian_wallet_units", { asset, wallet }, Number(balance));
        if (least !== undefined) {
          scrape.value("outcry_custodian_wallet_least_units", { asset, wallet }, Number(least));
        }
        if (most !== undefined) {
          scrape.value("outcry_custodian_wallet_most_units", { asset, wallet }, Number(most));
        }
      }
    }
  });
}
