#!/usr/bin/node
/**
 * Asks a PostgreSQL server whether it takes connections, as PostgreSQL's program of that name does:
 * exits with 0 when it does, with 1 while it starts or stops, with 2 when nobody answers.
 */
import { connect } from "node:net";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    host: { type: "string", default: "127.0.0.1" },
    username: { type: "string", default: "postgres" },
    dbname: { type: "string", default: "postgres" },
  },
});

const protocolVersion = 0x3_0000;
const timeoutMs = 3000;
/** Of an error that says: not now. */
const cannotConnectNow = "57P03";
const exitCodes = { accepting: 0, rejecting: 1, silent: 2 };

const socket = connect(5432, values.host);
socket.setTimeout(timeoutMs, () => end("silent"));
socket.on("error", () => end("silent"));
socket.on("close", () => end("silent"));
socket.on("connect", () => {
  const names = ["user", values.username, "database", values.dbname, "", ""].join("\0");
  const head = Buffer.alloc(8);
  head.writeInt32BE(head.length + Buffer.byteLength(names), 0);
  head.writeInt32BE(protocolVersion, 4);
  socket.write(Buffer.concat([head, Buffer.from(names)]));
});
socket.once("data", (answer) => {
  const isError = answer.toString("latin1", 0, 1) === "E";
  end(isError && answer.includes(`C${cannotConnectNow}\0`) ? "rejecting" : "accepting");
});

function end(how: keyof typeof exitCodes): never {
  process.exit(exitCodes[how]);
}
