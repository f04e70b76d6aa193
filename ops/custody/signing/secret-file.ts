/** A file that holds a passphrase or a PIN, and that nobody else may read. */
import { lstatSync, readFileSync } from "node:fs";
import { isErrno } from "../../../cluster/errno.ts";
import { SigningFault } from "./signer.ts";

const forOthers = 0o077;

/** Without the line's end. Throws {@link SigningFault}. */
export function secretIn(path: string): string {
  const text = readPrivately(path).replace(/\r?\n$/, "");
  if (text === "") throw new SigningFault("passphrase-missing", `${path} is empty`);
  return text;
}

/** What the file holds, unless others could have read or written it. */
export function readPrivately(path: string): string {
  try {
    if ((lstatSync(path).mode & forOthers) !== 0) {
      throw new SigningFault("key-exposed", `${path} is not only its owner's: chmod 600 ${path}`);
    }
    return readFileSync(path, "utf8");
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
    throw new SigningFault("key-missing", `there is no ${path}`, { cause: error });
  }
}
