/** The administrators' side of the client API, for the set-up of a venue. */
import { readFileSync } from "node:fs";
import { connect, credsAuthenticator } from "@nats-io/transport-node";
import { clientSubjects } from "../../protocols/subjects.ts";
import { inboxPrefix } from "../credentials/permissions.ts";
import type { AdminReply, AskAdmin } from "./venue-set-up.ts";

export interface AdminChannel {
  readonly ask: AskAdmin;
  close(): Promise<void>;
}

export async function openAdminChannel(
  urls: readonly string[],
  { name, credentialsFile }: { readonly name: string; readonly credentialsFile: string },
): Promise<AdminChannel> {
  const nats = await connect({
    servers: [...urls],
    authenticator: credsAuthenticator(readFileSync(credentialsFile)),
    inboxPrefix: inboxPrefix("admin", name),
    noAsyncTraces: true,
  });
  return {
    async ask(request, body) {
      const reply = await nats.request(clientSubjects.admin(request), JSON.stringify(body), {
        timeout: 5000,
      });
      return reply.json<AdminReply>();
    },
    close: () => nats.close(),
  };
}
