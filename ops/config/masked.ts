/** Settings as they may be shown: who connects with a password has it in an address. */
import { placeOfDatabase } from "./database-address.ts";
import { embeddedDatabase } from "./process-settings.ts";

/** Up to the last at sign: one in a password may not be encoded, and neither may a slash. */
const password = /(:\/\/[^/@\s:]*):\S*@/g;
const askedPassword = /([?&]\w*(?:password|secret|token)=)[^&\s'"]*/gi;
const hidden = "***";

/** A setting's value. Of a database's address it is the place, as passwords come in many forms. */
export function shownSetting(name: string, value: unknown): unknown {
  if (name !== "database" || value === embeddedDatabase) return masked(value);
  return placeOfDatabase(String(value)) ?? hidden;
}

/** Without the passwords of addresses in it, however they are written. */
export function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  return typeof value === "string" ? withoutPasswords(value) : value;
}

export function withoutPasswords(text: string): string {
  return text.replaceAll(password, `$1:${hidden}@`).replaceAll(askedPassword, `$1${hidden}`);
}
