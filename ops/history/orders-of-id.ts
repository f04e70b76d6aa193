/**
 * The orders that history knows by some id of theirs other than their own: their client's name for
 * them, or the number of a trade.
 */
import type { OrderId } from "../../protocols/index.ts";
import type { Question } from "./database.ts";
import { askHistory } from "./history-desk.ts";

/** More than have one id, but for clients who give one name again and again. */
const ordersMax = 100;
/** Whoever asks does without an answer rather than wait. */
const patienceMs = 5000;

export function questionOfOrders(id: string): Question {
  const number = /^\d{1,15}$/.test(id) ? id : "0";
  return {
    statement:
      "SELECT order_id FROM orders WHERE client_order_id = $1 " +
      "UNION SELECT order_id FROM fills WHERE trade_id = $2",
    values: [id, number],
    rowsMax: ordersMax,
  };
}

/** As far as somebody keeps history there; none where nobody does, or does not answer soon. */
export async function ordersInHistory(socket: string, id: string): Promise<readonly OrderId[]> {
  const answer = await askHistory(socket, questionOfOrders(id), patienceMs);
  if (answer === "nobody" || "error" in answer) return [];
  return answer.rows.map(([orderId]) => Number(orderId));
}
