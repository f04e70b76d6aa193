/**
 * The proxies between all parties of a cluster: from each engine node and gateway and from the
 * drill's clients to each nats-server, and from each nats-server to each other one.
 *
 * A machine is thought of as a nats-server and the engine node that turns to it first; gateways and
 * clients live elsewhere.
 */
import type { Ways } from "../../ops/config/ways.ts";
import type { Condition } from "./condition.ts";
import { TcpProxy } from "./tcp-proxy.ts";

/** From whoever dials to the nats-server that listens. */
interface Way {
  readonly from: string;
  readonly to: string;
  readonly proxy: TcpProxy;
}

export interface WaysPlan {
  /** In their order, with the ports where they listen. */
  readonly servers: readonly {
    readonly name: string;
    readonly clientPort: number;
    readonly clusterPort: number;
  }[];
  /** Engine nodes and gateways. */
  readonly parties: readonly string[];
}

/** The drill's own clients, as a party. */
export const clientsParty = "clients";

export class ClusterWays {
  readonly #ways: readonly Way[];
  readonly #plan: WaysPlan;

  private constructor(plan: WaysPlan, ways: readonly Way[]) {
    this.#plan = plan;
    this.#ways = ways;
  }

  static async open(plan: WaysPlan): Promise<ClusterWays> {
    const { servers, parties } = plan;
    const clients = [...parties, clientsParty].flatMap((from) =>
      servers.map(({ name: to, clientPort: port }) => ({ from, to, port })),
    );
    const routes = servers.flatMap(({ name: from }) =>
      servers
        .filter(({ name }) => name !== from)
        .map(({ name: to, clusterPort: port }) => ({ from, to, port })),
    );
    const ways = [...clients, ...routes].map(async ({ from, to, port }): Promise<Way> => {
      return { from, to, proxy: await TcpProxy.listen({ host: "127.0.0.1", port }) };
    });
    return new ClusterWays(plan, await Promise.all(ways));
  }

  /** What a cluster is started with, so that it goes these ways. */
  get file(): Ways {
    const { servers, parties } = this.#plan;
    return {
      clients: Object.fromEntries(parties.map((party) => [party, this.addressesFor(party)])),
      routes: Object.fromEntries(
        servers.map(({ name }) => [name, this.#from(name).map(({ proxy }) => proxy.port)]),
      ),
    };
  }

  /** Where a party finds the servers, in their order. */
  addressesFor(party: string): readonly string[] {
    return this.#from(party).map(({ proxy }) => `nats://127.0.0.1:${proxy.port}`);
  }

  /**
   * Has what two parties say to each other fare so, whoever of them dialed. `there` is what the
   * first says to the second.
   */
  between(first: string, second: string, condition: Partial<Condition>): void {
    for (const { from, to, proxy } of this.#ways) {
      if (from === first && to === second) proxy.become(condition);
      if (from === second && to === first) proxy.become(turned(condition));
    }
  }

  /** Breaks every connection between two parties once. */
  reset(first: string, second: string): void {
    for (const { from, to, proxy } of this.#ways) {
      if ([first, second].includes(from) && [first, second].includes(to)) proxy.reset();
    }
  }

  /** Everybody reaches everybody again. */
  mend(): void {
    for (const { proxy } of this.#ways) proxy.become({});
  }

  /** Connections that go through the proxies now. */
  get connectionCount(): number {
    return this.#ways.reduce((sum, { proxy }) => sum + proxy.connectionCount, 0);
  }

  async close(): Promise<void> {
    await Promise.all(this.#ways.map(({ proxy }) => proxy.close()));
  }

  #from(party: string): readonly Way[] {
    return this.#ways.filter(({ from }) => from === party);
  }
}

function turned({ there, back, ...rest }: Partial<Condition>): Partial<Condition> {
  return {
    ...rest,
    ...(there === undefined ? {} : { back: there }),
    ...(back === undefined ? {} : { there: back }),
  };
}
