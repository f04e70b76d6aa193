/** What a gateway tells of itself: what it was asked, what it answered, and what is under way. */
import type { NatsGateway } from "../../gateway/nats/nats-gateway.ts";
import type { Telemetry } from "./telemetry.ts";

export function measureGateway(telemetry: Telemetry, gateway: Pick<NatsGateway, "counts">): void {
  telemetry.measure((scrape) => {
    const { requests, refusals, repliesNotAllowed, ...underWay } = gateway.counts;
    scrape.value("outcry_gateway_requests_total", {}, requests);
    for (const [reason, count] of Object.entries(refusals)) {
      scrape.value("outcry_gateway_refusals_total", { reason }, count);
    }
    scrape.value("outcry_gateway_replies_not_allowed_total", {}, repliesNotAllowed);
    scrape.value("outcry_gateway_commands_under_way", {}, underWay.commandsUnderWay);
    scrape.value("outcry_gateway_questions_under_way", {}, underWay.questionsUnderWay);
  });
}
