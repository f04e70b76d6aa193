/**
 * A request as it came over the wire, in bytes, and what it is answered with: the same for whoever
 * carries it.
 */
import { requests } from "../../protocols/api/requests.ts";
import type { RequestName } from "../../protocols/api/requests.ts";
import { isAccountId, RejectReason } from "../../protocols/index.ts";
import type { Asker } from "../asker.ts";
import type { Gateway, Reply } from "../gateway.ts";
import { decodeBody, encodeReply } from "./body.ts";
import type { BodyFormat } from "./body.ts";

/** Records are bytes already. */
export interface WireReply {
  readonly format: BodyFormat;
  readonly reply: Reply | Uint8Array;
}

/** Whom the subject names, which the servers' permissions vouch for; "" where it names nobody. */
export function nameIn(request: RequestName, subject: string): string {
  return requests[request].scope === "market" ? "" : (subject.split(".")[3] ?? "");
}

/** Who asks by that name. */
export function askerNamed(request: RequestName, name: string): Asker {
  return requests[request].scope === "admin"
    ? { account: "", administrator: name }
    : { account: name, administrator: "" };
}

/** Every body gets a reply; only a defect of ours rejects. */
export async function replyTo(
  gateway: Gateway,
  { request, asker }: { readonly request: RequestName; readonly asker: Asker },
  bytes: Uint8Array,
): Promise<WireReply> {
  const decoded = decodeBody(bytes);
  const { format } = decoded;
  if (requests[request].scope === "account" && !isAccountId(asker.account)) {
    return { format, reply: gateway.refuse(RejectReason["subject-unknown"]) };
  }
  if (decoded.kind === "records" && request === "order.batch") {
    return { format, reply: await gateway.answerRecords(asker, bytes) };
  }
  if (decoded.kind === "body") {
    return { format, reply: await gateway.answer(request, asker, decoded.body) };
  }
  return { format, reply: gateway.refuse(RejectReason["request-malformed"]) };
}

export function bytesOf({ format, reply }: WireReply): Uint8Array {
  return reply instanceof Uint8Array ? reply : encodeReply(format, reply);
}
