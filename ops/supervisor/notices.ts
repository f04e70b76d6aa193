/**
 * What happens in a running cluster, as one line for the person who started it. Undefined for what
 * nobody needs to read.
 */
import type { NatsServersEvent } from "../nats-servers/nats-servers.ts";
import { inWords } from "./managed-process.ts";
import type { ProcessNotice, ToldEvent } from "./managed-process.ts";

export function describeNotice(notice: ProcessNotice): string | undefined {
  switch (notice.kind) {
    case "started":
      return undefined;
    case "ready":
      return `${notice.name} is up (${seconds(notice.afterMs)})`;
    case "exited": {
      const { name, pid, exit, restartInMs } = notice;
      const ended = `${name} (process ${pid}) ended: ${inWords(exit)}`;
      return restartInMs === undefined
        ? ended
        : `${ended}; starting it again in ${seconds(restartInMs)}`;
    }
    case "told":
      return describeTold(notice.name, notice.event);
  }
}

function describeTold(name: string, event: ToldEvent): string | undefined {
  switch (event.kind) {
    case "diverged":
      return (
        `${name} DIVERGED on shard ${String(event["shard"])} at ${String(event["sequence"])}: ` +
        `it computed something else than the emitter and serves no more; its log tells more`
      );
    case "violated":
      return (
        `${name} found an INVARIANT BROKEN on shard ${String(event["shard"])} at ` +
        `${String(event["sequence"])} and serves no more: ${String(event["message"])} ` +
        `(see ${String(event["evidence"])})`
      );
    case "alarm":
      return (
        `${name} raises the ALARM on shard ${String(event["shard"])} at entry ` +
        `${String(event["sequence"])}: ${String(event["what"])}`
      );
    case "metrics-unavailable":
      return `${name} tells no metrics: ${String(event["why"])}; see ./outcry start --metrics-port`;
    case "phase":
      if (event["phase"] !== "failed") return undefined;
      return `${name} FAILED on shard ${String(event["shard"])} and serves no more; its log tells more`;
    case "invariant-violated":
    case "failed":
      return `${name} failed: ${firstLine(event["error"])}`;
    default:
      return undefined;
  }
}

export function describeServerEvent(event: NatsServersEvent): string | undefined {
  switch (event.kind) {
    case "server-ready":
      return `${event.name} is up (${seconds(event.afterMs)})`;
    case "server-exited":
      return `${event.name} ended: ${inWords(event.exit)}`;
    case "store-given-up":
      return `${event.name} had no room left and stopped storing; it is started anew`;
    case "disk-stalled":
      return `the disk of ${event.name} STANDS STILL, and so does it until that goes again`;
    case "disk-moving":
      return `the disk of ${event.name} goes again after ${seconds(event.stalledMs)}, and so does it`;
    case "store-set-aside":
      return (
        `${event.name} could not read its store, which is now in ${event.folder}: ` +
        `it fetches everything from the others`
      );
    case "restart-scheduled":
      return `${event.name} will be started again in ${seconds(event.delayMs)}`;
    case "restart-failed":
      return `${event.name} could not be started again: ${firstLine(event.error)}`;
    case "server-started":
    case "server-waiting":
    case "leader-elected":
      return undefined;
  }
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n")[0] ?? text;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
