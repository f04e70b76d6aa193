/** What a gateway tells of itself: what it was asked, what it answered, and what is under way. */
import type { LogClient } from "../../cluster/log-client.ts";
import type { NatsGateway } from "../../gateway/nats/nats-gateway.ts";
import { CertificateWatch } from "./certificate-watch.ts";
import type { Scrape } from "./scrape.ts";
import type { Telemetry } from "./telemetry.ts";

/** There from the start, so that their first refusal is seen to be one more. */
const watchedFor = { busy: 0, "cluster-unavailable": 0 };

export interface GatewayParts {
  readonly service: Pick<NatsGateway, "counts">;
  readonly client: Pick<LogClient, "underWay">;
  /** nats-servers that are to encrypt; none where lines are in the clear. */
  readonly encrypting: readonly string[];
}

export function measureGateway(
  telemetry: Telemetry,
  { service, client, encrypting }: GatewayParts,
): void {
  const certificates = new CertificateWatch(encrypting);
  telemetry.measure((scrape) => {
    measureRequests(scrape, service);
    for (const [server, until] of certificates.look()) {
      const name = "outcry_nats_certificate_expiry_timestamp_seconds";
      scrape.value(name, { server }, until.getTime() / 1000);
    }
    for (const [shard, { commands, frames }] of client.underWay.entries()) {
      scrape.value("outcry_gateway_shard_commands_under_way", { shard }, commands);
      scrape.value("outcry_gateway_frames_under_way", { shard }, frames);
    }
  });
}

function measureRequests(scrape: Scrape, { counts }: GatewayParts["service"]): void {
  scrape.value("outcry_gateway_requests_total", {}, counts.requests);
  for (const [reason, count] of Object.entries({ ...watchedFor, ...counts.refusals })) {
    scrape.value("outcry_gateway_refusals_total", { reason }, count);
  }
  scrape.value("outcry_gateway_replies_not_allowed_total", {}, counts.repliesNotAllowed);
  scrape.value("outcry_gateway_commands_under_way", {}, counts.commandsUnderWay);
  scrape.value("outcry_gateway_questions_under_way", {}, counts.questionsUnderWay);
  scrape.value("outcry_gateway_inbound_wait_seconds", {}, counts.inboundWaitMs / 1000);
}
