/** Where the credentials of a participant lie on this machine. */
import { join } from "node:path";
import type { RunningCluster } from "./running-cluster.ts";

export function credentialsFileOf({ file }: RunningCluster, account: string): string {
  return join(file.keys, "users", "participant", `${account}.creds`);
}
