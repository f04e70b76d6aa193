/**
 * A disk that can fail: a file system in a file, mounted for a drill. It can lose its power, be
 * full, and stand still, as disks do, and nothing else on the machine notices.
 *
 * Linux, root, and a kernel with loop devices; `whyNoDisks` says what is missing.
 */
import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, open, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const sizeBytes = 512 * 1024 * 1024;
const fillerBytes = 1024 * 1024;
const unmountTriesMax = 40;
const unmountPauseMs = 50;

/**
 * Takes the file system down at once and drops all that was not synced. Reference: ext4's
 * EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH, which exists for tests like this.
 */
const shutDown = `
  open(my $disk, "<", $ARGV[0]) or die "open: $!";
  my $how = pack("L", 2);
  ioctl($disk, 0x8004587d, $how) or die "ioctl: $!";
`;

export class LoopDisk {
  /** Where it is mounted. */
  readonly path: string;
  readonly #image: string;
  /** Folders of the disk that are seen elsewhere, too. */
  readonly #shown: { readonly from: string; readonly at: string }[] = [];
  #freezer: ChildProcess | undefined;

  private constructor(image: string, path: string) {
    this.#image = image;
    this.path = path;
  }

  /** @param folder is where its file lies; the disk is mounted inside. */
  static async create(folder: string, name: string): Promise<LoopDisk> {
    const path = join(folder, name);
    const disk = new LoopDisk(join(folder, `${name}.img`), path);
    await mkdir(path, { recursive: true });
    await writeFile(disk.#image, "");
    await truncate(disk.#image, sizeBytes);
    await run("mkfs.ext4", ["-q", "-F", "-m", "0", disk.#image]);
    await disk.#mount();
    return disk;
  }

  /** Moves a folder onto the disk; it stays where it was, as everybody sees it. Nobody uses it. */
  async take(folder: string, name: string): Promise<void> {
    const from = join(this.path, name);
    await mkdir(folder, { recursive: true });
    await run("cp", ["-a", folder, from]);
    await run("mount", ["--bind", from, folder]);
    this.#shown.push({ from, at: folder });
  }

  /** What was not synced is lost. Nobody may be using it any more. */
  async losePower(): Promise<void> {
    await run("perl", ["-e", shutDown, this.path]);
  }

  /** Mounts it again, as a machine does that starts. */
  async regainPower(): Promise<void> {
    await this.#unmount();
    await this.#mount();
    for (const { from, at } of this.#shown) await run("mount", ["--bind", from, at]);
  }

  async fill(): Promise<void> {
    const filler = await open(this.#filler, "w");
    try {
      const bytes = Buffer.alloc(fillerBytes, 1);
      for (;;) await filler.write(bytes);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
    } finally {
      await filler.close();
    }
  }

  async free(): Promise<void> {
    await rm(this.#filler, { force: true });
  }

  /** Whoever writes waits. It thaws by itself when this process is gone. */
  async freeze(): Promise<void> {
    const script = `fsfreeze -f "$1" && echo frozen && read -r _; fsfreeze -u "$1"`;
    const freezer = spawn("sh", ["-c", script, "sh", this.path], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    this.#freezer = freezer;
    await Promise.race([once(freezer.stdout, "data"), once(freezer, "exit")]);
    if (freezer.exitCode !== null) throw new Error(`${this.path} cannot be frozen`);
  }

  async thaw(): Promise<void> {
    const freezer = this.#freezer;
    this.#freezer = undefined;
    if (freezer === undefined) return;
    const exited = once(freezer, "exit");
    freezer.stdin?.end();
    await exited;
  }

  /** Unmounts it everywhere. Nobody may be using it any more. */
  async remove(): Promise<void> {
    await this.thaw();
    await this.#unmount();
    await rm(this.#image, { force: true });
  }

  get #filler(): string {
    return join(this.path, "filler");
  }

  async #mount(): Promise<void> {
    await run("mount", ["-o", "loop", this.#image, this.path]);
  }

  async #unmount(): Promise<void> {
    for (const { at } of this.#shown) await unmount(at);
    await unmount(this.path);
  }
}

/** A process that was killed lets go of its files a moment later. */
async function unmount(path: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await run("umount", [path]);
      return;
    } catch (error) {
      if (tries === unmountTriesMax) throw error;
      await sleep(unmountPauseMs);
    }
  }
}

/** What keeps this machine from having such disks, in words; undefined when nothing does. */
export async function whyNoDisks(): Promise<string | undefined> {
  if (process.platform !== "linux") return "it needs Linux, for loop devices and ext4";
  if (process.getuid?.() !== 0) return "it needs root, to mount file systems of its own";
  const folder = await mkdtemp(join(tmpdir(), "outcry-disk-"));
  try {
    const disk = await LoopDisk.create(folder, "trial");
    await disk.losePower();
    await disk.remove();
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    return `it needs loop devices, ext4 and perl, and this failed here: ${why}`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
