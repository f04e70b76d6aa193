/**
 * Segments as objects of a bucket, with whatever speaks S3.
 *
 * An object appears whole or not at all, and is written only where there is none (`If-None-Match`).
 * Servers that do not know that condition would overwrite, so one is tried out before anything is
 * put there.
 */
import { AwsClient } from "aws4fetch";
import { ArchiveUnavailable } from "./archive-faults.ts";
import { firstOfFile, segmentFile } from "./archive-store.ts";
import type { ArchiveStore, SegmentName } from "./archive-store.ts";

export interface S3Options {
  readonly bucket: string;
  /** What comes before all names, without a slash at either end; "" for nothing. */
  readonly prefix: string;
  /** Where buckets are asked for, by path: `https://s3.eu-central-1.amazonaws.com`. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Of what failed on the server's side or was too much; beyond that somebody tries again later. */
const retries = 3;
const timeoutMs = 30_000;
const alreadyThere = 412;
const notThere = 404;
/** Two were written at once, and which one counts is not decided yet. */
const conflict = 409;

export class S3ArchiveStore implements ArchiveStore {
  readonly place: string;
  readonly #options: S3Options;
  readonly #client: AwsClient;
  #writesOnce: Promise<void> | undefined;

  constructor(options: S3Options) {
    const { bucket, prefix, region, accessKeyId, secretAccessKey } = options;
    this.place = `s3://${bucket}${prefix === "" ? "" : `/${prefix}`}`;
    this.#options = options;
    this.#client = new AwsClient({ accessKeyId, secretAccessKey, region, service: "s3", retries });
  }

  async put({ log, first }: SegmentName, bytes: Uint8Array): Promise<boolean> {
    this.#writesOnce ??= this.#tryOut();
    try {
      await this.#writesOnce;
    } catch (error) {
      this.#writesOnce = undefined;
      throw error;
    }
    return await this.#putIfAbsent(`${log}/${segmentFile(first)}`, bytes);
  }

  async list(log: string): Promise<readonly number[]> {
    const firsts: number[] = [];
    const prefix = this.#keyOf(`${log}/`);
    for (let token: string | undefined = ""; token !== undefined;) {
      const query = new URLSearchParams({ "list-type": "2", "encoding-type": "url", prefix });
      if (token !== "") query.set("continuation-token", token);
      const response = await this.#ask(`?${query.toString()}`);
      const text = await this.#textOf(response);
      const keys = [...text.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = ""]) => key);
      const files = keys.map((key) => decodeURIComponent(key).slice(prefix.length));
      firsts.push(...files.map(firstOfFile).filter((first) => first !== undefined));
      token = /<NextContinuationToken>([^<]+)</.exec(text)?.[1];
    }
    return firsts.sort((a, b) => a - b);
  }

  async get({ log, first }: SegmentName): Promise<Uint8Array | undefined> {
    const response = await this.#ask(`/${this.#keyOf(`${log}/${segmentFile(first)}`)}`);
    if (response.status === notThere) {
      const text = await response.text();
      // A bucket that is not there is no empty archive.
      if (text.includes("NoSuchBucket")) throw this.#unavailable("there is no such bucket");
      return undefined;
    }
    if (!response.ok) throw await this.#refused(response);
    return new Uint8Array(await response.arrayBuffer());
  }

  /** Puts the same name twice: the second time has to be refused. */
  async #tryOut(): Promise<void> {
    const nothing = new Uint8Array();
    if (!(await this.#putIfAbsent("write-once", nothing))) return;
    if (!(await this.#putIfAbsent("write-once", nothing))) return;
    throw this.#unavailable("it overwrites what is there, and does not know If-None-Match");
  }

  async #putIfAbsent(name: string, bytes: Uint8Array): Promise<boolean> {
    for (let attempt = 0; ; attempt += 1) {
      const response = await this.#ask(`/${this.#keyOf(name)}`, {
        method: "PUT",
        headers: { "If-None-Match": "*" },
        body: Uint8Array.from(bytes),
      });
      if (response.ok) return true;
      if (response.status === alreadyThere) return false;
      if (response.status !== conflict || attempt === retries) throw await this.#refused(response);
    }
  }

  async #ask(path: string, request: RequestInit = {}): Promise<Response> {
    const { endpoint, bucket } = this.#options;
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      return await this.#client.fetch(`${endpoint}/${bucket}${path}`, { ...request, signal });
    } catch (error) {
      throw this.#unavailable("it does not answer", error);
    }
  }

  async #textOf(response: Response): Promise<string> {
    if (!response.ok) throw await this.#refused(response);
    return await response.text();
  }

  async #refused(response: Response): Promise<ArchiveUnavailable> {
    const code = /<Code>([^<]*)</.exec(await response.text())?.[1] ?? response.statusText;
    return this.#unavailable(`it answers ${String(response.status)} ${code}`);
  }

  #keyOf(name: string): string {
    const { prefix } = this.#options;
    return prefix === "" ? name : `${prefix}/${name}`;
  }

  #unavailable(detail: string, cause?: unknown): ArchiveUnavailable {
    return new ArchiveUnavailable(`${this.place}: ${detail}`, cause);
  }
}
