/**
 * Bundles: a program of ours and all of our modules that it needs as one file of JavaScript.
 *
 * V8 compiles the constants and functions of a module into the code that uses them; those that come
 * from another module it looks up every time. What an order goes through is many small modules, so
 * in one piece it is a good deal faster: docs/decisions/0014-bundles.md. npm packages stay outside.
 *
 * A bundle is made when it is first asked for, and again when a source has changed.
 */
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { projectRoot } from "../config/data-directory.ts";

const sourcePositions = fileURLToPath(new URL("../processes/source-positions.ts", import.meta.url));

const usual: BundleOptions = { hasInvariants: true };

/** Whatever a bundle is made of. */
const sources = ["{actors,clients,cluster,gateway,ops,protocols}/**/*.ts", "package-lock.json"];

/** For so long bundles of older sources are kept: who runs one may start it again. */
const keptMs = 24 * 3600 * 1000;

export interface BundleOptions {
  /** Left out only to measure what they cost. */
  readonly hasInvariants: boolean;
}

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

  async #ensure(program: string): Promise<string> {
    const bundles = join(this.#root, "node_modules", ".cache", "outcry", "bundles");
    this.#folder ??= join(bundles, sourcesKey(this.#root));
    const name = relative(this.#root, program).replaceAll(/[\\/]/g, "-").replace(/\.ts$/, ".mjs");
    const file = join(this.#folder, this.#hasInvariants ? name : `without-invariants-${name}`);
    if (existsSync(file)) return file;
    removeOld(bundles);
    mkdirSync(this.#folder, { recursive: true });
    // Others may be at it: whoever is done first or last, the file is there whole or not at all.
    const draft = join(this.#folder, `${process.pid}-${name}`);
    await makeBundle(program, draft, { hasInvariants: this.#hasInvariants });
    await rename(`${draft}.map`, `${file}.map`);
    await rename(draft, file);
    return file;
  }
}

interface MakeOptions extends BundleOptions {
  /** Where the sources will lie in an image, when that is not where they are now. */
  readonly moved?: { readonly from: string; readonly to: string };
}

/** Makes a program's bundle, in that file, and its source map beside it. */
export async function makeBundle(
  program: string,
  file: string,
  { hasInvariants, moved }: MakeOptions,
): Promise<void> {
  const { build } = await import("rolldown");
  const urls = ownUrls((id) =>
    moved === undefined ? id : join(moved.to, relative(moved.from, id)),
  );
  await build({
    input: program,
    platform: "node",
    external: /^[^./]/,
    plugins: [positionsFirst(program), urls, ...(hasInvariants ? [] : [withoutInvariants])],
    output: { file, format: "esm", sourcemap: "hidden", codeSplitting: false },
    logLevel: "silent",
  });
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
  for (const path of globSync(sources, { cwd: root }).sort()) {
    const { size, mtimeMs } = statSync(join(root, path));
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex").slice(0, 16);
}

function removeOld(folder: string): void {
  if (!existsSync(folder)) return;
  for (const key of readdirSync(folder)) {
    const path = join(folder, key);
    if (Date.now() - statSync(path).mtimeMs > keptMs)
      rmSync(path, { recursive: true, force: true });
  }
}
