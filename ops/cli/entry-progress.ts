/** Says on a terminal how far it is with the entries of the logs; says nothing elsewhere. */
export function entryProgressOn(
  stream: NodeJS.WriteStream,
): ((read: number, all: number) => void) | undefined {
  if (!stream.isTTY) return undefined;
  return (read, all) => {
    const end = read >= all ? "\r\u001b[K" : "";
    stream.write(
      `\r${read.toLocaleString("en-US")} of ${all.toLocaleString("en-US")} entries${end}`,
    );
  };
}
