/**
 * An administrator's command as the bytes that are approved: the list of its kind's number and its
 * fields, its author and reason included, without approvals. The same command has the same bytes
 * for ever, as it has in the log.
 */
import { isAdminCommand } from "./admin-commands.ts";
import type { AdminCommand } from "./messages.ts";
import { listOfMessage, messageInList } from "./ordinary-messages.ts";
import { MalformedRecords, pack, unpack } from "./records.ts";

export function contentOfCommand(command: AdminCommand): Uint8Array {
  const { approvals: _, ...alone } = command;
  return pack(listOfMessage(alone));
}

/** Throws {@link MalformedRecords}, also where the same command has other bytes. */
export function commandInContent(content: Uint8Array): AdminCommand {
  const list = unpack(content);
  if (!Array.isArray(list)) throw new MalformedRecords("a command is a list");
  const command = messageInList(list as readonly unknown[]);
  if (!isAdminCommand(command)) throw new MalformedRecords("not an administrator's command");
  const again = contentOfCommand(command);
  const isSame = again.length === content.length && again.every((byte, at) => byte === content[at]);
  if (!isSame) throw new MalformedRecords("the command's bytes are not its own");
  return command;
}
