import { once } from "node:events";
import { createServer } from "node:http";

/** Server that does the least a receiver of POSTs can do in Node: read the body and answer 200. */
const server = createServer((request, response) => {
  request.resume().on("end", () => response.end());
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address();
if (address === null || typeof address === "string") throw new Error("it listens on no port");
console.log(JSON.stringify({ url: `http://127.0.0.1:${address.port}` }));
process.once("SIGTERM", () => process.exit(0));
