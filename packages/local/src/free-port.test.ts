import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { findFreePort, isPortFree } from "./free-port.ts";

test("a port isn't free while a server listens on 127.0.0.1 or on all addresses", async () => {
  for (const host of ["127.0.0.1", "0.0.0.0"]) {
    const port = await findFreePort();
    expect(await isPortFree(port)).toBe(true);
    const server = createServer().listen(port, host);
    await once(server, "listening");
    expect(await isPortFree(port)).toBe(false);
    server.close();
    await once(server, "close");
  }
});
