/**
 * The files that the compliance officer keeps in one folder beside the alerts: `settings.yaml`, by
 * which surveillance goes, and `relations.yaml`, who belongs together. Neither needs to be there.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, YAMLParseError } from "yaml";
import { isErrno } from "../../cluster/errno.ts";
import { Owners, ownersIn } from "./owners.ts";
import { SettingsFault } from "./settings-fault.ts";
import { settingsIn, SurveillanceSettings } from "./surveillance-settings.ts";

export interface OfficersFiles {
  readonly settings: SurveillanceSettings;
  readonly owners: Owners;
}

export interface OfficersPlaces {
  /** Undefined where there is none: then all is as it is unless told. */
  readonly folder: string | undefined;
  /** Files in place of those in the folder, which must be there. */
  readonly settings?: string | undefined;
  readonly relations?: string | undefined;
}

/** Throws {@link SettingsFault} for what cannot be gone by, with the name of the file. */
export function readOfficersFiles({ folder, ...others }: OfficersPlaces): OfficersFiles {
  const placeOf = (chosen: string | undefined, name: string) => ({
    path: chosen ?? (folder === undefined ? undefined : join(folder, name)),
    mayLack: chosen === undefined,
  });
  const settings = placeOf(others.settings, "settings.yaml");
  const relations = placeOf(others.relations, "relations.yaml");
  return {
    settings: read(settings, settingsIn) ?? new SurveillanceSettings(),
    owners: read(relations, ownersIn) ?? new Owners(),
  };
}

interface FilePlace {
  readonly path: string | undefined;
  readonly mayLack: boolean;
}

function read<Content>(
  { path, mayLack }: FilePlace,
  take: (data: unknown) => Content,
): Content | undefined {
  if (path === undefined) return undefined;
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (mayLack && isErrno(error, "ENOENT")) return undefined;
    if (!(error instanceof Error) || !("errno" in error)) throw error;
    throw new SettingsFault(`${path} cannot be read: ${error.message}`);
  }
  try {
    // An empty file says nothing.
    return take((parse(text) as unknown) ?? {});
  } catch (error) {
    if (!(error instanceof SettingsFault) && !(error instanceof YAMLParseError)) throw error;
    throw new SettingsFault(`${path}: ${error.message}`);
  }
}
