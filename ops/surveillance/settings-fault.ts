/** Settings or relations that cannot be gone by: says where, and what is expected there. */
export class SettingsFault extends Error {
  readonly code = "surveillance-settings";
  override readonly name = "SettingsFault";
}

/** The fields of an object, of which none is unknown. */
export function fieldsIn(
  data: unknown,
  where: string,
  known: readonly string[],
): Readonly<Record<string, unknown>> {
  if (typeof data !== "object" || data === null || Array.isArray(data)) {
    throw new SettingsFault(`${where} is not an object`);
  }
  for (const name of Object.keys(data)) {
    if (!known.includes(name)) {
      throw new SettingsFault(`${where} has ${name}, and may have ${known.join(", ")}`);
    }
  }
  return data as Readonly<Record<string, unknown>>;
}
