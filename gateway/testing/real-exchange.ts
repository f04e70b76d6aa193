/**
 * A whole exchange on real nats-servers: three engine nodes, a gateway, and whoever speaks to it
 * with the SDK. There are no credentials: what they permit is tested elsewhere.
 */
import type { NatsConnection } from "@nats-io/transport-node";
import { connect } from "@nats-io/transport-node";
import { AdminClient, OutcryClient } from "../../clients/sdk/index.ts";
import { systemClock } from "../../cluster/clock.ts";
import { LogClient } from "../../cluster/log-client.ts";
import { BusPublicChannel } from "../../cluster/public-channel.ts";
import type { NatsCluster } from "../../cluster/testing/nats-cluster.ts";
import { PublicRecorder } from "../../cluster/testing/public-recorder.ts";
import { RealNodes } from "../../cluster/testing/real-nodes.ts";
import type { Line, RealNodesOptions } from "../../cluster/testing/real-nodes.ts";
import type { TradingTermsRequest } from "../../protocols/api/trading-terms.ts";
import { assert } from "../../protocols/index.ts";
import type { ShardId } from "../../protocols/index.ts";
import { Gateway } from "../gateway.ts";
import { NatsGateway } from "../nats/nats-gateway.ts";

export interface RealExchangeOptions {
  readonly servers: NatsCluster;
  readonly shards: number;
  readonly wrapLog: NonNullable<RealNodesOptions["wrapLog"]>;
}

const assets = ["BTC", "USDT"];

export class RealExchange {
  readonly nodes: RealNodes;
  readonly admin: AdminClient;
  /** What the public was told. */
  readonly recorder: PublicRecorder;
  readonly #servers: NatsCluster;
  readonly #line: Line;
  /** What was opened, the last first. */
  readonly #closings: (() => Promise<void>)[];

  private constructor(
    { servers }: RealExchangeOptions,
    parts: { nodes: RealNodes; admin: AdminClient; line: Line },
    closings: (() => Promise<void>)[],
  ) {
    const { nodes, admin, line } = parts;
    this.nodes = nodes;
    this.admin = admin;
    this.recorder = new PublicRecorder(line);
    this.#servers = servers;
    this.#line = line;
    this.#closings = closings;
  }

  static async open(options: RealExchangeOptions): Promise<RealExchange> {
    const { servers } = options;
    const nodes = await RealNodes.start({
      ...options,
      venueNumber: 1,
      publicChannelOn: (bus) => new BusPublicChannel(bus),
    });
    const line = await nodes.line();
    const { logs, bus } = line;
    const client = new LogClient({ producer: "gw-1", epoch: 1, logs, bus, clock: systemClock });
    const front = await connect({ servers: [...servers.urls] });
    const gateway = await startGateway(front, client);
    const admin = await AdminClient.connect({
      servers: servers.urls,
      administrator: "ops",
      // As long as a failover takes: a second attempt could not tell what became of the first.
      timing: { attemptTimeoutMs: 10_000 },
    });
    const exchange = new RealExchange(options, { nodes, admin, line }, [
      () => admin.close(),
      () => gateway.close(),
      () => front.close(),
      () => nodes.close(),
      () => client.close(),
      () => line.connection.close(),
    ]);
    await line.connection.nats.flush();
    for (const asset of assets) done(await admin.addAsset({ asset, decimals: 2 }));
    return exchange;
  }

  /** Of an account of that name, which is opened and has funds. */
  async client(account: string): Promise<OutcryClient> {
    done(await this.admin.openAccount({ account }));
    for (const asset of assets) {
      const funds = { account, asset, amount: "1000000000", reference: `${account}-${asset}` };
      done(await this.admin.deposit(funds));
    }
    const client = await OutcryClient.connect({ servers: this.#servers.urls, account });
    this.#closings.unshift(() => client.close());
    return client;
  }

  /** Lists an instrument in which BTC is traded, whatever it is called. */
  async list(symbol: string, trading?: TradingTermsRequest): Promise<void> {
    const terms = { symbol, base: "BTC", quote: "USDT", baseUnitsPerLot: 1 };
    const fees = { makerFeeBasisPoints: 0, takerFeeBasisPoints: 0 };
    const how = trading === undefined ? {} : { trading };
    done(await this.admin.listInstrument({ ...terms, quoteUnitsPerTickLot: 1, ...fees, ...how }));
  }

  /** Who appended an entry of a shard's log. */
  async producerOf({ shard, sequence }: EntryNamed): Promise<string> {
    const log = this.#line.logs[shard];
    assert(log !== undefined, "no such shard");
    const [entry] = await log.read(sequence, { entriesMax: 1 });
    assert(entry !== undefined, "no such entry");
    return entry.producer;
  }

  async close(): Promise<void> {
    for (const close of this.#closings) await close();
  }
}

interface EntryNamed {
  readonly shard: ShardId;
  readonly sequence: number;
}

function startGateway(connection: NatsConnection, client: LogClient): Promise<NatsGateway> {
  const gateway = new Gateway(client);
  return NatsGateway.start({
    connection,
    gateway,
    version: "0.1.0",
    name: "gw-1",
    cluster: "test",
  });
}

/** What must not be refused. */
export function done<Result extends { readonly ok: boolean }>(
  result: Result,
): Extract<Result, { readonly ok: true }> {
  assert(result.ok, `it was refused: ${JSON.stringify(result)}`);
  return result as Extract<Result, { readonly ok: true }>;
}
