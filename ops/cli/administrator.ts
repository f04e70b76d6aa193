/** As which administrator a command acts, and with whose credentials. */
import { join } from "node:path";
import type { Command } from "commander";
import { CredentialsInvalid, parseCredentials } from "../../protocols/credentials.ts";
import type { ClusterFile } from "../config/cluster-file.ts";
import { readIfThere } from "../config/data-directory.ts";
import { isUserName } from "../credentials/permissions.ts";
import { claimsIn } from "../credentials/token.ts";
import { CommandFault, usageFault } from "./output.ts";

export interface AdministratorChoice {
  readonly as?: string;
  readonly creds?: string;
}

export interface Administrator {
  readonly administrator: string;
  /** The text of a .creds file. */
  readonly credentials: string;
}

export function withAdministratorOptions(command: Command): Command {
  return command
    .option("--as <name>", "the administrator whose credentials are here (default: admin)")
    .option("--creds <file>", "a credentials file of an administrator, wherever it is");
}

/** @param keys the keys' folder, and the file of the cluster's own administrator */
export function administratorOf(
  { keys, credentials }: Pick<ClusterFile, "keys"> & AdminFile,
  { as: name, creds }: AdministratorChoice,
): Administrator {
  if (name !== undefined && creds !== undefined) throw usageFault("give --as or --creds, not both");
  const file = creds ?? (name === undefined ? credentials.admin : administratorFile(keys, name));
  const text = readIfThere(file);
  if (text === undefined) {
    const hint = creds === undefined ? `: ./outcry keys administrator ${name ?? "NAME"}` : "";
    throw new CommandFault("no-credentials", `there are no credentials in ${file}${hint}`);
  }
  return { administrator: nameIn(text, file), credentials: text };
}

interface AdminFile {
  readonly credentials: Pick<ClusterFile["credentials"], "admin">;
}

function administratorFile(keys: string, name: string): string {
  if (!isUserName(name)) throw usageFault(`${JSON.stringify(name)} is no administrator's name`);
  return join(keys, "users", "admin", `${name}.creds`);
}

/** The name that the credentials are for: any other the servers would refuse. */
function nameIn(text: string, file: string): string {
  try {
    return claimsIn(parseCredentials(text).jwt).name;
  } catch (error) {
    if (!(error instanceof CredentialsInvalid || error instanceof SyntaxError)) throw error;
    throw new CommandFault("credentials-malformed", `${file} holds no credentials`);
  }
}
