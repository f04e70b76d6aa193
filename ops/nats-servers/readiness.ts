/**
 * Asks servers over their monitor ports what they are still waiting for. Needs no credentials, and
 * changes nothing.
 *
 * A log's generation that is followed by another one takes no entries any more: a server that has
 * not got all of it yet is waited for by nobody.
 */

export interface MonitoredServer {
  readonly name: string;
  readonly monitorUrl: string;
}

/**
 * What this server still waits for, or undefined when it serves and its streams are up to date.
 * `running` are the servers that could know better: right after its start a server that has not
 * heard from a stream's leader yet believes itself up to date.
 */
export async function findHindrance(
  server: MonitoredServer,
  running: readonly MonitoredServer[],
): Promise<string | undefined> {
  return (await findHindrances([server], running))[0];
}

/** What each of these servers still waits for, likewise; their streams are asked for once. */
export async function findHindrances(
  servers: readonly MonitoredServer[],
  running: readonly MonitoredServer[],
): Promise<readonly (string | undefined)[]> {
  let views: Promise<Views> | undefined;
  return await Promise.all(
    servers.map(async (server) => {
      const { reached, body } = await ask(`${server.monitorUrl}/healthz?details=true`);
      if (!reached) return "it does not answer yet";
      const health = body as Health;
      return (
        findPlainHindrance(health) ??
        findHindranceIn(server, health, await (views ??= viewsOf(running)))
      );
    }),
  );
}

/** What hinders it whoever else runs. */
function findPlainHindrance({ status, error, errors }: Health): string | undefined {
  if (status !== "ok" && errors === undefined) return error ?? `it is ${status}`;
  return errors?.find(({ stream }) => logIn(stream ?? "") === undefined)?.error;
}

function findHindranceIn(
  { name }: MonitoredServer,
  { errors = [] }: Health,
  views: Views,
): string | undefined {
  const streams = [...views.values()].flatMap((view) => [...view.keys()]);
  const ofLog = errors.find(({ account, stream }) => !isFollowed(`${account}/${stream}`, streams));
  return ofLog?.error ?? findStreamBehind(name, views, streams);
}

/** By server, the streams that it holds a copy of. */
type Views = ReadonlyMap<string, ReadonlyMap<string, StreamGroup>>;

async function viewsOf(servers: readonly MonitoredServer[]): Promise<Views> {
  return new Map(
    await Promise.all(
      servers.map(async ({ name, monitorUrl }) => [name, await streamsOn(monitorUrl)] as const),
    ),
  );
}

interface Health {
  readonly status?: string;
  /** From servers that tell no details. */
  readonly error?: string;
  readonly errors?: readonly {
    readonly account?: string;
    readonly stream?: string;
    readonly error: string;
  }[];
}

/** Which generation of which log a stream is, if it is one. */
function logIn(stream: string): { readonly log: string; readonly generation: number } | undefined {
  const [, log, generation] = /^(.*LOG_\d+_)(\d+)$/.exec(stream) ?? [];
  return log === undefined ? undefined : { log, generation: Number(generation) };
}

/** Whether that is a generation of a log, and there is a later one. */
function isFollowed(stream: string, streams: readonly string[]): boolean {
  const of = logIn(stream);
  if (of === undefined) return false;
  const { log, generation } = of;
  return streams.some(
    (other) => other.startsWith(log) && Number(other.slice(log.length)) > generation,
  );
}

/**
 * Whether it serves, and says that it stores nothing: it may have run out of room. One that still
 * reads its store, which takes as long as that is large or damaged, has not given it up.
 */
export async function hasGivenUpStore({
  monitorUrl,
}: Pick<MonitoredServer, "monitorUrl">): Promise<boolean> {
  const { reached, body } = await ask(`${monitorUrl}/healthz?js-enabled-only=true`);
  return reached && (body as { status?: string }).status === "unavailable";
}

/** Whether it has not come to serve yet: it reads its store, or is about to. */
export async function isReadingStore({
  monitorUrl,
}: Pick<MonitoredServer, "monitorUrl">): Promise<boolean> {
  const { reached, body } = await ask(`${monitorUrl}/healthz?js-enabled-only=true`);
  return !reached || (body as { status?: string }).status === "error";
}

/**
 * Whether each of these servers serves and has all of everything, these streams among it (see
 * `storedStreams`), and they agree on a leader: what another has stored is to be had from them.
 */
export async function holdEverything(
  servers: readonly MonitoredServer[],
  streams: readonly string[],
): Promise<boolean> {
  const views = await viewsOf(servers);
  for (const { name, monitorUrl } of servers) {
    const { body } = await ask(`${monitorUrl}/healthz?details=true`);
    if ((body as Health).status !== "ok") return false;
    if (findStreamBehind(name, views, []) !== undefined) return false;
    const held = new Set([...(views.get(name)?.values() ?? [])].map(({ storedAs }) => storedAs));
    if (!streams.every((stream) => held.has(stream))) return false;
  }
  return (await findMetaLeader(servers)) !== undefined;
}

function findStreamBehind(
  server: string,
  viewOf: Views,
  streams: readonly string[],
): string | undefined {
  for (const [stream, { leader }] of viewOf.get(server) ?? []) {
    if (leader === server || isFollowed(stream, streams)) continue;
    if (leader === undefined) return `stream ${stream} has no leader`;
    const replicas = viewOf.get(leader)?.get(stream)?.replicas ?? [];
    const replica = replicas.find(({ name }) => name === server);
    if (!isFollowing(replica)) return `stream ${stream} is behind`;
  }
  return undefined;
}

/** By account and name, the streams that a server holds a copy of. Alone it has no groups. */
async function streamsOn(monitorUrl: string): Promise<Map<string, StreamGroup>> {
  const { body } = await ask(`${monitorUrl}/jsz?accounts=true&streams=true`);
  const accounts = (body as { account_details?: readonly AccountDetail[] }).account_details ?? [];
  return new Map(
    accounts.flatMap(({ name: account, id, stream_detail: streams }) =>
      (streams ?? []).flatMap(({ name, cluster }) =>
        cluster === undefined
          ? []
          : [[`${account}/${name}`, { ...cluster, storedAs: `${id}/${name}` }] as const],
      ),
    ),
  );
}

/** Who leads the servers' own group, which places streams; undefined until all of them follow. */
export async function findMetaLeader(
  servers: readonly MonitoredServer[],
): Promise<string | undefined> {
  const answers = await Promise.all(
    servers.map(async (server) => await ask(`${server.monitorUrl}/jsz`)),
  );
  const groups = answers.map(({ body }) => (body as { meta_cluster?: RaftGroup }).meta_cluster);
  const leader = groups[0]?.leader;
  if (leader === undefined || !groups.every((group) => group?.leader === leader)) return undefined;
  // Only the leader knows how far the others are.
  const followers = groups[servers.findIndex(({ name }) => name === leader)]?.replicas ?? [];
  return followers.filter(isFollowing).length === servers.length - 1 ? leader : undefined;
}

interface RaftGroup {
  readonly leader?: string;
  readonly replicas?: readonly RaftReplica[];
}

interface StreamGroup extends RaftGroup {
  /** By its account's key and its name: so it is called in a store. */
  readonly storedAs: string;
}

interface RaftReplica {
  readonly name: string;
  readonly current: boolean;
  readonly offline?: boolean;
}

interface AccountDetail {
  readonly name: string;
  readonly id: string;
  readonly stream_detail?: readonly { readonly name: string; readonly cluster?: RaftGroup }[];
}

function isFollowing(replica: RaftReplica | undefined): boolean {
  return replica !== undefined && replica.current && replica.offline !== true;
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
