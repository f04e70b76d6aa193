/** The address of a PostgreSQL server's database: whether it is one, and what may be shown of it. */

/** What is said of an address that is none; never the address. */
export const noDatabaseAddress =
  "is no address such as postgres://user:password@host:5432/name, with @ / ? # of a password " +
  "written as %40 %2F %3F %23";

/**
 * Host, port and name, and nothing that may be secret. Undefined for what is no such address, also
 * where a password would be taken for another part of it.
 */
export function placeOfDatabase(address: string): string | undefined {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol)) return undefined;
  const { host, pathname, search, hash } = url;
  if (hash !== "" || `${pathname}${search}`.includes("@")) return undefined;
  return `postgres://${host}${pathname}`;
}
