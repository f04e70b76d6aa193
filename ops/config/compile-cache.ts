/**
 * Where compiled code is kept between starts: reading it back takes a fraction of compiling it
 * again, for the command line as for every process of a cluster.
 */
import { fileURLToPath } from "node:url";

export const compileCache = fileURLToPath(
  new URL("../../node_modules/.cache/outcry/compiled/", import.meta.url),
);
