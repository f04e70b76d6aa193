/** What can be told of a database's address without a server. */
import { inspect } from "node:util";
import { expect, it } from "vitest";
import { PostgresDatabase } from "./postgres-database.ts";

it("a database is called by its host, port and name, and by nothing that may be secret", async () => {
  const database = new PostgresDatabase("postgres://u:secret@h:5433/db?password=secret");
  expect(database.place).toBe("postgres://h:5433/db");
  await database.close();
});

it.each(["postgres://u:12x/secret@h/db", "u:secret@h/db"])(
  "an address that is none is refused, and not repeated: %s",
  (address) => {
    const told = (): string => {
      try {
        return new PostgresDatabase(address).place;
      } catch (error) {
        return inspect(error);
      }
    };
    expect(told()).toContain("database is no address such as");
    expect(told()).not.toContain("secret");
  },
);
