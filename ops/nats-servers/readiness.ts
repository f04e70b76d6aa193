/**
 * Asks servers over their monitor ports what they are still waiting for. Needs no credentials, and
 * changes nothing.
 */

export interface MonitoredServer {
  readonly name: string;
  readonly monitorUrl: string;
}

/** What this server still waits for, or undefined when it serves and its streams are up to date. */
export async function findHindrance(server: MonitoredServer): Promise<string | undefined> {
  const answer = await ask(`${server.monitorUrl}/healthz`);
  if (!answer.reached) return "it does not answer yet";
  const health = answer.body as { status?: string; error?: string };
  return health.status === "ok" ? undefined : (health.error ?? `it is ${health.status}`);
}

/** Who leads the servers' own group, which places streams; undefined until all of them follow. */
export async function findMetaLeader(
  servers: readonly MonitoredServer[],
): Promise<string | undefined> {
  const answers = await Promise.all(
    servers.map(async (server) => await ask(`${server.monitorUrl}/jsz`)),
  );
  const groups = answers.map(({ body }) => (body as { meta_cluster?: MetaGroup }).meta_cluster);
  const leader = groups[0]?.leader;
  if (leader === undefined || !groups.every((group) => group?.leader === leader)) return undefined;
  // Only the leader knows how far the others are.
  const followers = groups[servers.findIndex(({ name }) => name === leader)]?.replicas ?? [];
  const following = followers.filter(({ current, offline }) => current && offline !== true);
  return following.length === servers.length - 1 ? leader : undefined;
}

interface MetaGroup {
  readonly leader?: string;
  readonly replicas?: readonly { readonly current: boolean; readonly offline?: boolean }[];
}

type Answer = { readonly reached: boolean; readonly body: unknown };

const askTimeoutMs = 1000;

async function ask(url: string): Promise<Answer> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(askTimeoutMs) });
    return { reached: true, body: await response.json() };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // Refused, cut off, too slow, or half an answer: a server that starts or stops does all of it.
    return { reached: false, body: {} };
  }
}
