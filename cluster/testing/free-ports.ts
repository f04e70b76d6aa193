/**
 * Ports that nobody listens on, as the operating system finds them.
 *
 * They are free when this returns, and nothing keeps them so: whoever starts a server on one must
 * be ready to find it taken.
 */
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";

export async function freePorts(count: number): Promise<readonly number[]> {
  const listeners = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  try {
    await Promise.all(listeners.map((listener) => once(listener, "listening")));
    return listeners.map((listener) => (listener.address() as AddressInfo).port);
  } finally {
    for (const listener of listeners) listener.close();
  }
}
