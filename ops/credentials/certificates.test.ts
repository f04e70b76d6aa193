import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { initCertificates } from "./certificates.ts";
import { CredentialsFault } from "./credentials-fault.ts";

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "outcry-tls-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

const hosts = ["127.0.0.1", "n1", "n1.example.org"];

describe("a cluster's certificates", () => {
  it("are kept as long as they are good, and made anew for other hosts", () => {
    const files = initCertificates(folder, hosts);
    const read = (): string[] => Object.values(files).map((path) => readFileSync(path, "utf8"));
    const first = read();
    initCertificates(folder, ["n1"]);
    expect(read()).toEqual(first);
    initCertificates(folder, [...hosts, "n2"]);
    const [authority, certificate] = read();
    expect(authority).toBe(first[0]);
    expect(certificate).not.toBe(first[1]);
    expect(new X509Certificate(certificate ?? "").checkHost("n2")).toBe("n2");
  });

  it("say who may do what: the authority signs, the servers serve and dial", () => {
    const files = initCertificates(folder, hosts);
    const [authority, server] = [files.authority, files.certificate].map(
      (path) => new X509Certificate(readFileSync(path)),
    );
    expect(authority?.ca).toBe(true);
    expect(server?.ca).toBe(false);
    expect(server?.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
    expect(server?.verify(authority!.publicKey)).toBe(true);
  });

  it("are taken by whoever knows the authority, under the hosts' names and no others", async () => {
    const files = initCertificates(folder, hosts);
    const [key, cert, ca] = [files.key, files.certificate, files.authority].map((path) =>
      readFileSync(path),
    );
    const server = createServer({ key, cert }, (socket) => socket.end());
    // Whoever refuses a certificate hangs up in the middle of the greeting.
    server.on("tlsClientError", () => undefined);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const greet = (options: { ca?: Buffer | undefined; servername?: string }): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect({ host: "127.0.0.1", port, ...options }, () => {
          socket.destroy();
          resolve("taken");
        });
        socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      });
    try {
      expect(await greet({ ca })).toBe("taken");
      expect(await greet({ ca, servername: "n1.example.org" })).toBe("taken");
      expect(await greet({ ca, servername: "n9" })).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
      expect(await greet({})).toBe("UNABLE_TO_VERIFY_LEAF_SIGNATURE");
    } finally {
      server.close();
    }
  });

  it("are not made by a folder whose authority's key was taken away", () => {
    initCertificates(folder, hosts);
    rmSync(join(folder, "tls", "ca.key"));
    expect(() => initCertificates(folder, hosts)).not.toThrow();
    expect(() => initCertificates(folder, ["n7"])).toThrow(CredentialsFault);
  });
});
