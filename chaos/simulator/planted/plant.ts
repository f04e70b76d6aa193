/**
 * Loaded before a worker's own modules: plants the bug that `OUTCRY_PLANTED` names, by changing a
 * source as it is loaded. The files themselves stay as they are.
 */
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";
import { plantedBugs, plantedIn } from "./planted-bugs.ts";

const name = process.env["OUTCRY_PLANTED"];
const bug = plantedBugs.find((candidate) => candidate.name === name);
if (bug === undefined) throw new Error(`there is no planted bug ${String(name)}`);
const root = resolve(import.meta.dirname, "../../..");
const target = pathToFileURL(resolve(root, bug.file)).href;

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (url !== target) return loaded;
    const source = loaded.source;
    if (source === undefined || source === null) throw new Error(`${bug.file} has no source`);
    const text = typeof source === "string" ? source : new TextDecoder().decode(source);
    return { ...loaded, source: plantedIn(bug, text) };
  },
});
