/**
 * A gateway on a whole cluster in memory, with an instrument, and accounts that have funds.
 */
import type { Static } from "typebox";
import { Check } from "typebox/value";
import { refusal } from "../../protocols/api/replies.ts";
import type { Refusal } from "../../protocols/api/replies.ts";
import { requests } from "../../protocols/api/requests.ts";
import type { RequestName } from "../../protocols/api/requests.ts";
import { assert } from "../../protocols/index.ts";
import { LocalCluster } from "../../cluster/local-cluster.ts";
import type { LocalClusterOptions } from "../../cluster/local-cluster.ts";
import { Gateway } from "../gateway.ts";
import type { GatewayOptions } from "../gateway.ts";

type ReplyTo<Name extends RequestName> = Static<(typeof requests)[Name]["reply"]>;

export class MarketPlace {
  readonly cluster: LocalCluster;
  readonly gateway: Gateway;

  private constructor(cluster: LocalCluster, options: GatewayOptions) {
    this.cluster = cluster;
    this.gateway = new Gateway(cluster.client, options);
  }

  /** BTC-USDT is listed; `demo` and `maker` have 1,000,000,000 units of both assets. */
  static async open(
    options: GatewayOptions & { readonly cluster?: LocalClusterOptions } = {},
  ): Promise<MarketPlace> {
    const cluster = await LocalCluster.open(options.cluster);
    const place = new MarketPlace(cluster, options);
    for (const [asset, decimals] of [
      ["BTC", 8],
      ["USDT", 6],
    ] as const) {
      await place.mustAdmin("asset.add", { asset, decimals });
    }
    await place.mustAdmin("instrument.list", {
      symbol: "BTC-USDT",
      base: "BTC",
      quote: "USDT",
      baseUnitsPerLot: 10_000,
      quoteUnitsPerTickLot: 1,
      makerFeeBasisPoints: 10,
      takerFeeBasisPoints: 20,
    });
    for (const account of ["demo", "maker"]) {
      await place.mustAdmin("account.open", { account });
      for (const asset of ["BTC", "USDT"]) {
        const amount = "1000000000";
        const reference = `${account}-${asset}`;
        await place.mustAdmin("deposit", { account, asset, amount, reference });
      }
    }
    return place;
  }

  close(): Promise<void> {
    return this.cluster.close();
  }

  /** The reply, held to its schema on the way. */
  async ask<Name extends RequestName>(
    name: Name,
    body: object,
    account = "demo",
  ): Promise<ReplyTo<Name> | Refusal> {
    const reply = await this.gateway.answer(name, { account, administrator: "ops" }, body);
    const asJson: unknown = JSON.parse(JSON.stringify(reply));
    const schema = reply.ok ? requests[name].reply : refusal;
    assert(Check(schema, asJson), `${name} is not answered as its schema says`);
    return asJson as ReplyTo<Name> | Refusal;
  }

  async must<Name extends RequestName>(
    name: Name,
    body: object,
    account = "demo",
  ): Promise<ReplyTo<Name>> {
    const reply = await this.ask(name, body, account);
    assert((reply as { ok: boolean }).ok, `${name} was refused: ${JSON.stringify(reply)}`);
    return reply as ReplyTo<Name>;
  }

  async mustAdmin(name: RequestName, body: object): Promise<void> {
    await this.must(name, body, "");
  }

  /** The error, for a request that is expected to be refused. */
  async refusalOf(name: RequestName, body: object, account = "demo"): Promise<Refusal> {
    const reply = (await this.ask(name, body, account)) as Refusal | { readonly ok: true };
    assert(!reply.ok, `${name} was not refused`);
    return reply;
  }
}
