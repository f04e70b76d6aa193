/**
 * One gateway as a process: takes participants' requests on one side of the nats-servers and
 * appends them to the shards' logs on the other.
 *
 *   node ops/processes/gateway.ts --config FILE [--gateway gw-1] [--servers nats://…,…] …
 */
import { delay, systemClock, wallClockUs } from "../../cluster/clock.ts";
import { JetStreamBus } from "../../cluster/jetstream-bus.ts";
import { LogClient } from "../../cluster/log-client.ts";
import { ProducerReplaced } from "../../cluster/replica-faults.ts";
import { ApprovalCheck } from "../../gateway/approvals/approval-check.ts";
import { Gateway } from "../../gateway/gateway.ts";
import { NatsGateway } from "../../gateway/nats/nats-gateway.ts";
import { defaultReplicaTiming } from "../../cluster/replica.ts";
import type { GatewaySettings } from "../config/process-settings.ts";
import { administratorsIn } from "../credentials/administrators.ts";
import { readSettings } from "../config/read-settings.ts";
import { version } from "../config/release.ts";
import { AppendMeter } from "../telemetry/append-meter.ts";
import { measureGateway } from "../telemetry/gateway-metrics.ts";
import { measureLines } from "../telemetry/line-metrics.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { connectAs, openLogs } from "./connections.ts";
import type { Ready, Start } from "./process-host.ts";
import { hostProcess } from "./process-host.ts";

/** Four times the shortest silence after which another takes over: that goes by unnoticed. */
const frameAgeMaxMs = 4 * defaultReplicaTiming.emitterSilenceMs;

/** A trace of an order that nothing follows is whole that much later. */
const notesIdleMs = 1000;
/** Longer than any command is waited for. */
const lastWordsMsMax = 6000;

async function startGateway(
  settings: GatewaySettings,
  [tell, undo, telemetry]: Parameters<Start>,
): Promise<Ready> {
  const { gateway: name, servers, ca } = settings;
  const line = { name, servers, ca };
  const [back, front] = await Promise.all([
    connectAs({ ...line, role: "gateway-back", credentialsFile: settings.backCredentials }),
    connectAs({ ...line, role: "gateway-front", credentialsFile: settings.frontCredentials }),
  ]);
  undo.defer(() => back.close());
  undo.defer(() => front.close());
  measureLines(telemetry, { back, front });
  const meters = telemetry.isOn ? await openMeters(name, telemetry) : undefined;
  const logs = await openLogs(back, { ...settings, creates: false, reads: false });
  for (const log of logs) undo.defer(() => log.close());
  const bus = new JetStreamBus(back);
  undo.defer(() => bus.close());
  // Above the epoch of whoever had this name before, unless the clock was set back by days.
  const epoch = Date.now();
  const client = new LogClient({
    producer: name,
    epoch,
    logs,
    bus,
    clock: systemClock,
    frames: {
      ...{ frameAgeMaxMs, notes: { wallUs: wallClockUs, idleMs: notesIdleMs } },
      ...(meters && { observer: meters.appends }),
    },
    report: (error, shard) => {
      tell({ kind: "fault", level: "error", shard, error });
      if (error instanceof ProducerReplaced) void endReplaced(error);
    },
  });
  undo.defer(() => client.close());
  const serving: { service?: NatsGateway } = {};
  let isReplaced = false;
  /** It hears nobody any more, and whoever waits is told what came of it, or that nobody knows. */
  const endReplaced = async (error: ProducerReplaced): Promise<void> => {
    isReplaced = true;
    const answered = (serving.service?.close() ?? Promise.resolve()).then(() => front.nats.flush());
    await Promise.race([answered, delay(systemClock, lastWordsMsMax)]);
    endWith(error);
  };
  const gateway = new Gateway(client, {
    ...(meters && { observer: meters.orders }),
    approvals: approvalCheckOf(settings),
  });
  const service = await NatsGateway.start({
    ...{ connection: front.nats, gateway },
    ...{ version, name, cluster: settings.cluster },
  });
  serving.service = service;
  undo.defer(() => service.close());
  const encrypting = ca === undefined ? [] : servers;
  measureGateway(telemetry, { service, client, encrypting });
  void service.stopped.then((cause) => {
    if (!undo.disposed && !isReplaced)
      endWith(new Error("the gateway's service has ended", { cause }));
  });
  return { epoch };
}

/** Undefined where nobody has said who is an administrator. */
function approvalCheckOf({ cluster, administrators: file }: GatewaySettings) {
  const administrators = file === undefined ? undefined : administratorsIn(file);
  if (administrators === undefined) return undefined;
  const nowSeconds = () => wallClockUs() / 1_000_000;
  return new ApprovalCheck({ cluster, administrators, nowSeconds });
}

/** What they need takes a while to load, and is not needed by who measures nothing. */
async function openMeters(name: string, telemetry: Telemetry) {
  const [{ OrderMeter }, { encodeReading, latencyPath }] = await Promise.all([
    import("../telemetry/order-meter.ts"),
    import("../telemetry/latency-page.ts"),
  ]);
  const [appends, orders] = [new AppendMeter(), new OrderMeter()];
  telemetry.measure((scrape) => {
    orders.measure(scrape);
    appends.measure(scrape);
    appends.measureFrames(scrape);
  });
  const startedAtMs = Math.round(performance.timeOrigin);
  const identity = { process: name, pid: process.pid, startedAtMs };
  telemetry.page(latencyPath, () => ({
    ...{ status: 200, contentType: "application/json" },
    text: encodeReading({ ...identity, orders: orders.latency }),
  }));
  return { appends, orders };
}

/** A gateway that nobody hears any more ends, so that whoever watches over it starts another. */
function endWith(error: Error): void {
  queueMicrotask(() => {
    throw error;
  });
}

const settings = readSettings("gateway", process.argv.slice(2));
hostProcess({ ...settings, name: settings.gateway, kind: "gateway" }, (...host) =>
  startGateway(settings, host),
);
