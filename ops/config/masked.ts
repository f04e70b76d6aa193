/** A setting's value as it may be shown: who connects with a password has it in an address. */

const password = /(:\/\/[^/@\s:]*):[^/@\s]*@/g;

export function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  return typeof value === "string" ? value.replaceAll(password, "$1:***@") : value;
}
