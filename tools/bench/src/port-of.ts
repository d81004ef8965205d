import type { Server } from "node:net";

/**
 * Returns the port that a server listens on.
 * @throws Error if it doesn't listen on a TCP port
 */
export function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}
