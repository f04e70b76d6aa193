/**
 * The nats-server that a cluster here runs, and whether it acknowledges an order only once the
 * order is on disk: the binary must know the setting, and the configuration must use it.
 */
import { readFile } from "node:fs/promises";
import { isErrno } from "../../cluster/errno.ts";
import type { NatsServer } from "../setup/nats-server.mjs";
import type { Finding } from "./finding.ts";
import {
  findNatsServer,
  pinnedVersion,
  supportsSyncAlways,
  versionWarning,
} from "../setup/nats-server.mjs";

const subject = "nats-server";
const syncSubject = "stored before acknowledged";
const monitoringPatienceMs = 1_000;

const newerServer =
  `put nats-server ${pinnedVersion} or newer on the PATH or name it in NATS_SERVER, ` +
  "or put Go on the PATH and run: npm run setup";

export interface NatsExamination {
  readonly natsConfigurationPaths?: readonly string[];
  readonly natsMonitoringPorts?: readonly number[];
  readonly env?: NodeJS.ProcessEnv;
}

/** What one server, asked or read, says about `sync_interval: always`. */
export interface SyncReading {
  /** "server on port 8222" or a file's path. */
  readonly from: string;
  readonly always: boolean;
}

export async function examineNatsServer(examination: NatsExamination): Promise<Finding[]> {
  const found = lookFor(examination.env);
  if ("state" in found) return [found];
  const asked = await Promise.all((examination.natsMonitoringPorts ?? []).map(askServer));
  const running = asked.filter((reading) => reading !== undefined);
  // What runs is the truth; the files are what the next start will make of it.
  const readings =
    running.length > 0 ? running : await readFiles(examination.natsConfigurationPaths ?? []);
  return [judgeServer(found), judgeSync(found.version, readings)];
}

export function judgeServer({ path, version, source }: NatsServer): Finding {
  const detail = `${version}, ${path} (${sourceInWords[source]})`;
  const warning = versionWarning(version);
  if (warning === undefined) return { subject, state: "ok", detail };
  return { subject, state: "degraded", detail, remedy: newerServer };
}

export function judgeSync(version: string, readings: readonly SyncReading[]): Finding {
  if (!supportsSyncAlways(version)) {
    return {
      subject: syncSubject,
      state: "degraded",
      detail: `nats-server ${version} has no sync_interval: a power cut can lose acknowledged orders`,
      remedy: newerServer,
    };
  }
  if (readings.length === 0) {
    const detail = "sync_interval: always is supported; no configuration to look at yet";
    return { subject: syncSubject, state: "ok", detail };
  }
  const lax = readings.filter(({ always }) => !always).map(({ from }) => from);
  if (lax.length === 0) {
    const detail = `sync_interval: always in ${readings.map(({ from }) => from).join(", ")}`;
    return { subject: syncSubject, state: "ok", detail };
  }
  return {
    subject: syncSubject,
    state: "degraded",
    detail: `sync_interval: always is missing in ${lax.join(", ")}: a power cut can lose acknowledged orders`,
    remedy: "add sync_interval: always to the jetstream block and restart the servers one by one",
  };
}

/** Reads the jetstream block's setting out of a configuration file's text. */
export function hasSyncAlways(configuration: string): boolean {
  const withoutComments = configuration.replace(/(^|\s)(#|\/\/).*$/gm, "$1");
  return /\bsync_interval"?\s*[:=\s]\s*["']?always\b/i.test(withoutComments);
}

const sourceInWords = {
  environment: "named in NATS_SERVER",
  path: "on the PATH",
  built: "built by set-up",
  debian: "taken from Debian by set-up",
} as const;

function lookFor(env: NodeJS.ProcessEnv | undefined): NatsServer | Finding {
  try {
    const found = findNatsServer(env);
    if (found !== undefined) return found;
    return { subject, state: "broken", detail: "there is none", remedy: "npm run setup" };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const remedy = "correct NATS_SERVER or unset it";
    return { subject, state: "broken", detail: error.message, remedy };
  }
}

/** Undefined where nothing answers: the server is not running, which is no finding. */
async function askServer(port: number): Promise<SyncReading | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/varz`, {
      signal: AbortSignal.timeout(monitoringPatienceMs),
    });
    const varz = (await response.json()) as Varz;
    return {
      from: `the server that answers on port ${port}`,
      always: varz.jetstream?.config?.sync_always === true,
    };
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** The few fields that matter here of what a server's monitoring port tells. */
interface Varz {
  readonly jetstream?: { readonly config?: { readonly sync_always?: boolean } };
}

async function readFiles(paths: readonly string[]): Promise<SyncReading[]> {
  const readings = await Promise.all(
    paths.map(async (path) => {
      try {
        return { from: path, always: hasSyncAlways(await readFile(path, "utf8")) };
      } catch (error) {
        // Written at the first start: until then there is nothing to judge.
        if (isErrno(error, "ENOENT")) return undefined;
        throw error;
      }
    }),
  );
  return readings.filter((reading) => reading !== undefined);
}
