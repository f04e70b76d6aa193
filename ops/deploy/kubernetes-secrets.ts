/**
 * What `outcry keys init` made, as the Secrets that the chart mounts: of each kind of process what
 * it needs, and of a pod among them only its own. Who can read this can be anybody: it is for
 * `kubectl apply`, or for whatever keeps secrets in its place.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface Secret {
  readonly apiVersion: "v1";
  readonly kind: "Secret";
  readonly metadata: { readonly name: string };
  readonly type: "Opaque";
  /** In base64. */
  readonly data: Readonly<Record<string, string>>;
}

export interface SecretList {
  readonly apiVersion: "v1";
  readonly kind: "List";
  readonly items: readonly Secret[];
}

const roles = [
  "engine",
  "publisher",
  "gateway-back",
  "gateway-front",
  "referee",
  "auditor",
  "projector",
  "history-front",
  "custodian",
];
/** For people and tools; no pod is to have them. */
const forTools = ["cli.creds", "ref-cli.creds"];

/**
 * @param keys the keys' folder
 * @param name what the chart's names begin with
 */
export function kubernetesSecrets(keys: string, name: string): SecretList {
  const servers = readdirSync(join(keys, "servers"));
  const serverFiles = servers.map(
    (server) => [`${server}.conf`, join(keys, "servers", server, "nats-server.conf")] as const,
  );
  const tls = ["ca.crt", "server.crt", "server.key"].map(
    (file) => [file, join(keys, "tls", file)] as const,
  );
  // No secret: by whose word administrators are known.
  const account = join(keys, "accounts", "clients", "account.jwt");
  const administrators = ["administrators.jwt", account] as const;
  const ofRoles = roles.map((role) => {
    const folder = join(keys, "users", role);
    const files = readdirSync(folder).filter((file) => !forTools.includes(file));
    return secretOf(
      `${name}-${role}`,
      files.map((file) => [file, join(folder, file)] as const),
    );
  });
  const items = [
    secretOf(`${name}-nats`, [...serverFiles, ...tls]),
    secretOf(`${name}-ca`, [...tls.slice(0, 1), administrators]),
    ...ofRoles,
  ];
  return { apiVersion: "v1", kind: "List", items };
}

function secretOf(name: string, files: readonly (readonly [key: string, path: string])[]): Secret {
  const data = Object.fromEntries(
    files.map(([key, path]) => [key, readFileSync(path).toString("base64")]),
  );
  return { apiVersion: "v1", kind: "Secret", metadata: { name }, type: "Opaque", data };
}
