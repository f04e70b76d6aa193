/**
 * A machine with a gateway: what the gateway's process composes, on simulated lines.
 */
import type { BusMessage, BusSubscription } from "../../../cluster/bus.ts";
import { LogClient } from "../../../cluster/log-client.ts";
import { ProducerReplaced } from "../../../cluster/replica-faults.ts";
import { Gateway } from "../../../gateway/gateway.ts";
import { askerNamed, bytesOf, nameIn, replyTo } from "../../../gateway/nats/request-bytes.ts";
import { requestNames, subjectPatternOfRequest } from "../../../protocols/api/requests.ts";
import type { RequestName } from "../../../protocols/api/requests.ts";
import { SimBus } from "../world/sim-bus.ts";
import type { SimProcess } from "../world/sim-process.ts";
import { epochOf, Machine } from "./machine.ts";
import { openLogs, orDies } from "./open-logs.ts";

/** As long as it takes to say something. */
const lastWordsMs = 50;

export class GatewayMachine extends Machine {
  protected override run(process: SimProcess): void {
    void this.#compose(process);
  }

  async #compose(process: SimProcess): Promise<void> {
    const { world, name } = this;
    const { servers } = world;
    const back = servers.connect(process, name);
    const chance = world.chance.branch(`logs of ${process.name}`);
    const ways = { line: back, chance, creates: false, reads: false };
    const logs = await orDies(process, openLogs(world, ways));
    if (logs === undefined) return;
    const client = new LogClient({
      producer: name,
      epoch: epochOf(process),
      logs,
      bus: new SimBus(servers, back),
      clock: process,
      report: (error) => {
        if (error instanceof ProducerReplaced) endReplaced(process, listening);
      },
    });
    const listening: BusSubscription[] = [];
    let ordersMade = 0;
    const gateway = new Gateway(client, {
      nowMs: () => process.nowMs(),
      newClientOrderId: () => `${process.name.replace(".", "-")}-${String(++ordersMade)}`,
    });
    const front = new SimBus(servers, servers.connect(process, name));
    for (const request of requestNames) {
      const pattern = subjectPatternOfRequest(request);
      const listener = (message: BusMessage): void => void answer(gateway, request, message);
      listening.push(front.subscribe(pattern, listener, { queue: "outcry-gateways" }));
    }
    process.onDeath(() => void client.close());
  }
}

/** It hears nobody any more, and tells those who wait that nobody knows what became of it. */
function endReplaced(process: SimProcess, listening: readonly BusSubscription[]): void {
  for (const subscription of listening) subscription.unsubscribe();
  process.after(lastWordsMs, () => process.kill());
}

async function answer(gateway: Gateway, request: RequestName, message: BusMessage): Promise<void> {
  const { subject, payload, respond } = message;
  const asker = askerNamed(request, nameIn(request, subject));
  respond?.(bytesOf(await replyTo(gateway, { request, asker }, payload)));
}
