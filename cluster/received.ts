/**
 * Reading what came over the bus from inside the cluster.
 *
 * What cannot be read is reported and dropped: it is somebody else's defect or an older release,
 * and ending this process for it would spread the trouble to every listener.
 */
import { MalformedRecords } from "../protocols/index.ts";

/** What the bytes say; undefined when `decode` finds them malformed. */
export function received<Value>(
  payload: Uint8Array,
  decode: (payload: Uint8Array) => Value,
  report: (error: MalformedRecords) => void,
): Value | undefined {
  try {
    return decode(payload);
  } catch (error) {
    if (!(error instanceof MalformedRecords)) throw error;
    report(error);
    return undefined;
  }
}
