/**
 * A receiver of traces that reads what is sent to it and forgets it, in a process of its own so
 * that nobody who is measured does its work. It ends with whoever started it.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(import.meta.url);

export interface ForgetfulReceiver {
  readonly url: string;
  readonly close: () => void;
}

export async function startForgetfulReceiver(): Promise<ForgetfulReceiver> {
  const child = fork(program, ["--receive"]);
  const [port] = (await once(child, "message")) as [number];
  return { url: `http://127.0.0.1:${port}/v1/traces`, close: () => child.disconnect() };
}

function receive(): void {
  const server = createServer((request, response) => {
    request.resume().once("end", () => response.writeHead(200).end("{}"));
  });
  server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
  process.once("disconnect", () => process.exit(0));
}

if (process.argv[1] === program && process.argv[2] === "--receive") receive();
