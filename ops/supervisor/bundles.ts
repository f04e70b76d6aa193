/**
 * Bundles: a program of ours and all of our modules that it needs as one file of JavaScript.
 *
 * V8 compiles the constants and functions of a module into the code that uses them; those that come
 * from another module it looks up every time. What an order goes through is many small modules, so
 * in one piece it is a good deal faster: docs/decisions/0014-bundles.md. npm packages stay outside,
 * but for one of hundreds of files, of which programs need a few functions.
 *
 * A program of which little is needed each time, such as the command line, is bundled in pieces.
 *
 * A bundle is made when it is first asked for, and again when a source has changed.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { rename } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { InputOptions } from "rolldown";
import { isErrno } from "../../cluster/errno.ts";
import { projectRoot } from "../config/data-directory.ts";

const sourcePositions = fileURLToPath(new URL("../processes/source-positions.ts", import.meta.url));

/** The packages that go into bundles. */
const inside = /^typebox(\/|$)/;

const usual: BundleOptions = { hasInvariants: true };

/** Whatever a bundle is made of. */
const sourceFolders = ["actors", "chaos", "clients", "cluster", "gateway", "ops", "protocols"];

/** For so long bundles of older sources are kept: who runs one may start it again. */
const keptMs = 24 * 3600 * 1000;
/** How often who runs one in pieces says so: of those some may be loaded as late as you like. */
const heldEveryMs = 3600 * 1000;

export interface BundleOptions {
  /** Left out only to measure what they cost. */
  readonly hasInvariants: boolean;
}

/** So many were begun by this process. */
let drafts = 0;

/** As the sources are when it is asked first. */
export class Bundles {
  readonly #root: string;
  readonly #hasInvariants: boolean;
  readonly #asked = new Map<string, Promise<string>>();
  #folder: string | undefined;

  constructor(root: string = projectRoot, { hasInvariants }: BundleOptions = usual) {
    this.#root = root;
    this.#hasInvariants = hasInvariants;
  }

  /**
   * The path of a program's bundle.
   *
   * @param program path of its entry module
   * @throws what the file system or the bundler says when it cannot be made
   */
  of(program: string): Promise<string> {
    const bundle = this.#asked.get(program) ?? this.#ensure(program);
    this.#asked.set(program, bundle);
    return bundle;
  }

  /**
   * The path of a program's bundle in pieces: those that it imports in the course of things are
   * loaded then. They stay where they are for as long as this process runs.
   *
   * @param program path of its entry module
   * @throws what the file system or the bundler says when it cannot be made
   */
  async inPieces(program: string): Promise<string> {
    const folder = join(this.#folderNow(), this.#nameOf(program));
    const entry = join(folder, basename(program).replace(/\.ts$/, ".js"));
    if (!existsSync(entry)) {
      const draft = this.#draftOf(folder);
      await makePieces(program, draft, { hasInvariants: this.#hasInvariants });
      await rename(draft, folder).catch((error: unknown) => {
        // Somebody else was at it, and done first.
        if (!isErrno(error, "ENOTEMPTY") && !isErrno(error, "EEXIST")) throw error;
        rmSync(draft, { recursive: true });
      });
    }
    setInterval(() => hold(dirname(folder)), heldEveryMs).unref();
    return entry;
  }

  async #ensure(program: string): Promise<string> {
    const file = join(this.#folderNow(), `${this.#nameOf(program)}.mjs`);
    if (existsSync(file)) return file;
    // Others may be at it: whoever is done first or last, the file is there whole or not at all.
    const draft = this.#draftOf(file);
    await makeBundle(program, draft, { hasInvariants: this.#hasInvariants });
    await rename(`${draft}.map`, `${file}.map`);
    await rename(draft, file);
    return file;
  }

  #folderNow(): string {
    return (this.#folder ??= join(this.#bundles, sourcesKey(this.#root)));
  }

  /** Where one is made; older ones that nobody needs any more make room for it. */
  #draftOf(bundle: string): string {
    removeOld(this.#bundles);
    mkdirSync(this.#folderNow(), { recursive: true });
    return join(this.#folderNow(), `${process.pid}-${drafts++}-${basename(bundle)}`);
  }

  get #bundles(): string {
    return join(this.#root, "node_modules", ".cache", "outcry", "bundles");
  }

  #nameOf(program: string): string {
    const name = relative(this.#root, program).replaceAll(/[\\/]/g, "-").replace(/\.ts$/, "");
    return this.#hasInvariants ? name : `without-invariants-${name}`;
  }
}

function hold(folder: string): void {
  const now = new Date();
  if (existsSync(folder)) utimesSync(folder, now, now);
}

interface MakeOptions extends BundleOptions {
  /** Where the sources will lie in an image, when that is not where they are now. */
  readonly moved?: { readonly from: string; readonly to: string };
}

/** Makes a program's bundle, in that file, and its source map beside it. */
export async function makeBundle(
  program: string,
  file: string,
  options: MakeOptions,
): Promise<void> {
  const { build } = await import("rolldown");
  await build({
    ...inputOf(program, options),
    output: { file, format: "esm", sourcemap: "hidden", codeSplitting: false },
  });
}

async function makePieces(program: string, dir: string, options: BundleOptions): Promise<void> {
  const { build } = await import("rolldown");
  await build({
    ...inputOf(program, options),
    output: { dir, format: "esm", sourcemap: "hidden" },
  });
}

function inputOf(program: string, { hasInvariants, moved }: MakeOptions): InputOptions {
  const urls = ownUrls((id) =>
    moved === undefined ? id : join(moved.to, relative(moved.from, id)),
  );
  return {
    input: program,
    platform: "node",
    external: (id) => /^[^./]/.test(id) && !inside.test(id),
    plugins: [positionsFirst(program), urls, ...(hasInvariants ? [] : [withoutInvariants])],
    logLevel: "silent",
  };
}

/** Faults of the program are told by their places in the sources from its first line on. */
function positionsFirst(program: string) {
  return {
    name: "positions-first",
    transform: {
      filter: { id: program },
      handler: (code: string): string => `import ${JSON.stringify(sourcePositions)};${code}`,
    },
  };
}

const ownUrl = /\bimport\.meta\.url\b/g;

/** A module that asks where it is, is where its source is. */
function ownUrls(placeOf: (id: string) => string) {
  return {
    name: "own-urls",
    transform: {
      filter: { code: ownUrl },
      handler: (code: string, id: string): string =>
        code.replaceAll(ownUrl, JSON.stringify(pathToFileURL(placeOf(id)).href)),
    },
  };
}

/** See `areInvariantsHeld` in protocols/invariants.ts. */
const switchedOn = "areInvariantsHeld: boolean = true";

const withoutInvariants = {
  name: "without-invariants",
  transform: {
    filter: { code: switchedOn },
    handler: (code: string): string => code.replace(switchedOn, "areInvariantsHeld = false"),
  },
};

/** Changes with any source: by name, size and time of change, as it is asked for at every start. */
function sourcesKey(root: string): string {
  const hash = createHash("sha256").update(`${root}\n${process.version}\n`);
  for (const path of ["package-lock.json", ...sourcesIn(root)].sort()) {
    const { size, mtimeMs } = statSync(join(root, path));
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex").slice(0, 16);
}

function sourcesIn(root: string): readonly string[] {
  const folders = sourceFolders.filter((name) => existsSync(join(root, name)));
  return folders.flatMap((name) =>
    readdirSync(join(root, name), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => join(name, path)),
  );
}

function removeOld(folder: string): void {
  if (!existsSync(folder)) return;
  for (const key of readdirSync(folder)) {
    const path = join(folder, key);
    if (Date.now() - statSync(path).mtimeMs > keptMs)
      rmSync(path, { recursive: true, force: true });
  }
}
