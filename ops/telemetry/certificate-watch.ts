/**
 * Until when the nats-servers' certificates are good, as they show them to whoever connects. After
 * that nobody can connect again, and all of a cluster's were made on one day.
 *
 * Looks only when it is asked, and then now and then: what it says is what it saw last.
 */
import { once } from "node:events";
import { connect } from "node:net";
import { connect as connectEncrypted } from "node:tls";
import type { TLSSocket } from "node:tls";

const lookEveryMs = 10 * 60_000;
const timeoutMs = 2000;

export class CertificateWatch {
  readonly #servers: readonly string[];
  readonly #nowMs: () => number;
  readonly #seen = new Map<string, Date>();
  #lookedAtMs = -Infinity;

  /** @param servers as `nats://n1:4222` */
  constructor(servers: readonly string[], nowMs: () => number = () => performance.now()) {
    this.#servers = servers;
    this.#nowMs = nowMs;
  }

  /** By server, as `n1:4222`; none of those that have shown nothing yet. */
  look(): ReadonlyMap<string, Date> {
    if (this.#nowMs() - this.#lookedAtMs >= lookEveryMs) {
      this.#lookedAtMs = this.#nowMs();
      for (const server of this.#servers) void this.#lookAt(new URL(server));
    }
    return this.#seen;
  }

  async #lookAt({ hostname, port, host }: URL): Promise<void> {
    const until = await goodUntil(hostname, Number(port));
    if (until !== undefined) this.#seen.set(host, until);
  }
}

/** Undefined when there is nobody, or nobody who encrypts. It need not be good any more. */
async function goodUntil(host: string, port: number): Promise<Date | undefined> {
  const signal = AbortSignal.timeout(timeoutMs);
  // What breaks when it is over is of no interest.
  const ignore = (): void => undefined;
  const socket = connect(port, host).on("error", ignore);
  let encrypted: TLSSocket | undefined;
  try {
    // A server says who it is in the clear first.
    await once(socket, "data", { signal });
    encrypted = connectEncrypted({ socket, rejectUnauthorized: false });
    encrypted.on("error", ignore);
    await once(encrypted, "secureConnect", { signal });
    const until = new Date(encrypted.getPeerCertificate().valid_to);
    // In order: the server would log a handshake that broke off as an error.
    await once(encrypted.resume().end(), "close", { signal });
    return until;
  } catch (error) {
    // Of sockets, of TLS, or as the time is over.
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  } finally {
    encrypted?.destroy();
    socket.destroy();
  }
}
