/**
 * The ports that the cluster listens on: free, held by the cluster itself, or in somebody's way.
 * Tries to listen, which is what the cluster will do, and then looks up who is there.
 */
import { createServer } from "node:net";
import type { Finding } from "./finding.ts";
import { listenerOn } from "./listener.ts";

export interface PortUse {
  readonly port: number;
  /** What listens there: "gateway, HTTP". */
  readonly what: string;
  /** The command-line option that moves it: "--http-port". */
  readonly option: string;
  /** The address it is bound to; 127.0.0.1 unless said otherwise. */
  readonly host?: string;
  /** `held` where the cluster is running and its own process is expected there. */
  readonly expected?: "free" | "held";
}

export async function examinePorts(uses: readonly PortUse[]): Promise<Finding[]> {
  return await Promise.all(
    uses.map(async (use) => {
      const obstacle = await obstacleTo(use);
      const holder = obstacle === "EADDRINUSE" ? await listenerOn(use.port) : undefined;
      return judgePort(use, obstacle, holder);
    }),
  );
}

/** `obstacle` is the code of the error that listening met; `holder` names a process. */
export function judgePort(use: PortUse, obstacle?: string, holder?: string): Finding {
  const subject = `port ${use.port} (${use.what})`;
  const move = `choose another with ${use.option}`;
  const held = `in use by ${holder ?? "a process that this user may not see"}`;
  if (use.expected === "held") {
    if (obstacle === "EADDRINUSE") return { subject, state: "ok", detail: held };
    const detail = "nothing listens there, though the cluster is said to be running";
    return { subject, state: "broken", detail, remedy: "look at the log, then restart that part" };
  }
  switch (obstacle) {
    case undefined:
      return { subject, state: "ok", detail: `free (${use.option} moves it)` };
    case "EADDRINUSE":
      return { subject, state: "broken", detail: held, remedy: `stop that process, or ${move}` };
    case "EACCES":
      return { subject, state: "broken", detail: "this user may not listen there", remedy: move };
    default:
      return { subject, state: "broken", detail: `cannot listen there: ${obstacle}`, remedy: move };
  }
}

function obstacleTo({ port, host = "127.0.0.1" }: PortUse): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
