/**
 * The cluster that runs on this machine as a venue: its servers and keys are where its file says.
 */
import { readFile } from "node:fs/promises";
import { AdminClient, OutcryClient } from "../../clients/sdk/index.ts";
import type { ClusterFile } from "../config/cluster-file.ts";
import { loadSigner } from "../credentials/keys.ts";
import { signUser } from "../credentials/users.ts";
import { SdkVenue } from "./sdk-venue.ts";

export type ClusterAccess = Pick<ClusterFile, "servers" | "ca" | "keys" | "credentials">;

/** Credentials that a run makes for its accounts are good for so long, and are written nowhere. */
const credentialsSeconds = 24 * 3600;

/** Under the name that the cluster's own tools have. */
const administrator = "admin";

export async function openClusterVenue(access: ClusterAccess): Promise<SdkVenue> {
  const servers = access.servers.map(({ url }) => url);
  const ca = access.ca === undefined ? undefined : await readFile(access.ca, "utf8");
  const signer = await loadSigner(access.keys, "participant");
  const admin = await AdminClient.connect({
    servers,
    ca,
    administrator,
    credentials: await readFile(access.credentials.admin, "utf8"),
    name: "lobster",
  });
  return new SdkVenue({
    admin,
    async connect(account) {
      const expiresAtSeconds = Math.floor(Date.now() / 1000) + credentialsSeconds;
      const credentials = await signUser(signer, { name: account, expiresAtSeconds });
      return await OutcryClient.connect({
        servers,
        ca,
        account,
        credentials,
        name: `lobster ${account}`,
      });
    },
  });
}
