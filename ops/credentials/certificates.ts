/**
 * Certificates of one cluster: an authority of its own, and a certificate for its nats-servers that
 * the authority vouches for. Made once for a keys' folder; servers get a new one when the hosts
 * change, when it is about to expire, or when the authority is another.
 *
 *   <directory>/tls/ca.{crt,key}       the key signs certificates, and nothing at run time needs it
 *   <directory>/tls/server.{crt,key}   of all servers, for clients and for routes between them
 */
import { generateKeyPairSync, randomBytes, X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import forge from "node-forge";
import { isErrno } from "../../cluster/errno.ts";
import { CredentialsFault } from "./credentials-fault.ts";

export interface TlsFiles {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

const day = 24 * 3600 * 1000;
const authorityDays = 3650;
const serverDays = 825;
/** A certificate that expires sooner than this is replaced. */
const renewDays = 60;
/** Clocks of machines differ. */
const backdatedMs = day;

/** Where they lie below a keys' folder. */
export function tlsFiles(directory: string): TlsFiles {
  const inFolder = (name: string): string => join(directory, "tls", name);
  return {
    authority: inFolder("ca.crt"),
    certificate: inFolder("server.crt"),
    key: inFolder("server.key"),
  };
}

/**
 * Makes what is missing and keeps what is still good.
 *
 * @param hosts names and addresses under which clients and other servers reach the servers
 * @throws CredentialsFault where a new certificate is due and the authority's key was taken away
 */
export function initCertificates(directory: string, hosts: readonly string[]): TlsFiles {
  const files = tlsFiles(directory);
  mkdirSync(join(directory, "tls"), { recursive: true, mode: 0o700 });
  const keyFile = join(directory, "tls", "ca.key");
  if (readIfThere(files.authority) === undefined) {
    const { certificate, key } = makeAuthority();
    writeWhole(keyFile, key);
    writeWhole(files.authority, certificate);
  }
  const authority = readIfThere(files.authority) ?? "";
  if (isGood(readIfThere(files.certificate), authority, hosts)) return files;
  const authorityKey = readIfThere(keyFile);
  if (authorityKey === undefined) {
    throw new CredentialsFault(
      "keys-missing",
      `${keyFile} is missing, and the servers need a new certificate`,
    );
  }
  const { certificate, key } = makeServerCertificate(hosts, { authority, authorityKey });
  writeWhole(files.key, key);
  writeWhole(files.certificate, certificate);
  return files;
}

interface Pems {
  readonly certificate: string;
  readonly key: string;
}

function makeAuthority(): Pems {
  const subject = [{ name: "commonName", value: `Outcry ${randomBytes(4).toString("hex")}` }];
  const { certificate, key, sign } = begin(authorityDays, subject);
  certificate.setIssuer(subject);
  certificate.setExtensions([
    { name: "basicConstraints", cA: true, pathLenConstraint: 0, critical: true },
    { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    { name: "subjectKeyIdentifier" },
  ]);
  return { certificate: sign(key), key };
}

function makeServerCertificate(
  hosts: readonly string[],
  { authority, authorityKey }: { readonly authority: string; readonly authorityKey: string },
): Pems {
  const { certificate, key, sign } = begin(serverDays, [
    { name: "commonName", value: "nats-server" },
  ]);
  certificate.setIssuer(forge.pki.certificateFromPem(authority).subject.attributes);
  certificate.setExtensions([
    { name: "basicConstraints", cA: false, critical: true },
    { name: "keyUsage", digitalSignature: true, keyEncipherment: true, critical: true },
    // Between servers each is the other's client.
    { name: "extKeyUsage", serverAuth: true, clientAuth: true },
    { name: "subjectAltName", altNames: hosts.map(alternativeName) },
    {
      name: "authorityKeyIdentifier",
      keyIdentifier: forge.pki
        .certificateFromPem(authority)
        .generateSubjectKeyIdentifier()
        .getBytes(),
    },
  ]);
  return { certificate: sign(authorityKey), key };
}

function begin(days: number, subject: forge.pki.CertificateField[]) {
  const pair = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(pair.publicKey);
  // Positive, as the first bit says.
  certificate.serialNumber = `01${randomBytes(15).toString("hex")}`;
  const startMs = Date.now() - backdatedMs;
  certificate.validity.notBefore = new Date(startMs);
  certificate.validity.notAfter = new Date(startMs + days * day);
  certificate.setSubject(subject);
  const sign = (signer: string): string => {
    certificate.sign(forge.pki.privateKeyFromPem(signer), forge.md.sha256.create());
    return forge.pki.certificateToPem(certificate);
  };
  return { certificate, key: pair.privateKey, sign };
}

const dnsName = 2;
const ipAddress = 7;

function alternativeName(host: string): { type: number; value?: string; ip?: string } {
  return isIP(host) === 0 ? { type: dnsName, value: host } : { type: ipAddress, ip: host };
}

function isGood(pem: string | undefined, authority: string, hosts: readonly string[]): boolean {
  if (pem === undefined) return false;
  const certificate = new X509Certificate(pem);
  const isVouchedFor = certificate.verify(new X509Certificate(authority).publicKey);
  const isLasting = certificate.validToDate.getTime() > Date.now() + renewDays * day;
  const named = hosts.every((host) =>
    isIP(host) === 0
      ? certificate.checkHost(host) !== undefined
      : certificate.checkIP(host) !== undefined,
  );
  return isVouchedFor && isLasting && named;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isErrno(error, "ENOENT")) return undefined;
    throw error;
  }
}

function writeWhole(path: string, text: string): void {
  const unfinished = `${path}.${randomBytes(6).toString("hex")}`;
  writeFileSync(unfinished, text, { mode: 0o600 });
  renameSync(unfinished, path);
}
