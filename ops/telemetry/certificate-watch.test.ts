/** Goal: somebody hears of a certificate that is about to expire, and of one that has. */
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import { afterEach, beforeEach, expect, it } from "vitest";
import { eventually } from "../../cluster/testing/eventually.ts";
import { initCertificates } from "../credentials/certificates.ts";
import { CertificateWatch } from "./certificate-watch.ts";

let folder: string;
let servers: Server[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "outcry-certificates-"));
  servers = [];
});
afterEach(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true });
});

/** Greets as a nats-server does, and then does something. Gives its place, such as `127.0.0.1:5`. */
async function listen(then: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.write("INFO {}\r\n");
    then(socket);
  });
  servers.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it("tells until when each server's certificate is good, of those that show one", async () => {
  const files = initCertificates(folder, ["127.0.0.1"]);
  const [cert, key] = [files.certificate, files.key].map((path) => readFileSync(path, "utf8"));
  let looks = 0;
  const broken: unknown[] = [];
  const encrypting = await listen((socket) => {
    const encrypted = new TLSSocket(socket, { isServer: true, cert, key });
    encrypted.once("secure", () => (looks += 1));
    encrypted.on("error", (error) => broken.push(error)).resume();
  });
  const closing = await listen((socket) => socket.destroy());
  const speakingOtherwise = await listen((socket) => socket.write("PING\r\nPING\r\n"));
  let nowMs = 0;
  const watch = new CertificateWatch(
    [encrypting, closing, speakingOtherwise, "127.0.0.1:1"].map((place) => `nats://${place}`),
    () => nowMs,
  );
  expect(watch.look().size).toBe(0);
  await eventually(() => watch.look().size > 0, { what: "it has seen one" });
  const until = new X509Certificate(cert ?? "").validToDate;
  expect([...watch.look()]).toEqual([[encrypting, until]]);
  expect(broken).toEqual([]);
  // It is not looked at again for every scrape.
  expect(looks).toBe(1);
  nowMs += 3_600_000;
  watch.look();
  await eventually(() => looks === 2, { what: "it looks again" });
});
