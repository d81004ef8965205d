import { connect, type Socket } from "node:net";

const answerBytesMax = 16_384;

/** Keep-alive connection that is opened again when it has ended. */
export interface Connection {
  /**
   * Sends one whole request. Resolves to the status of its response, or to null if the connection
   * ended without one. Must not be called before the previous exchange has ended.
   */
  exchange(request: Uint8Array): Promise<number | null>;
  close(): void;
}

/**
 * Returns a client that uses as little CPU time as possible. It writes prepared bytes and reads
 * only the status and the end of each response.
 */
export function openConnection(port: number): Connection {
  let socket: Socket | undefined;
  let settle: ((status: number | null) => void) | undefined;

  function open(): Socket {
    const buffer = Buffer.alloc(answerBytesMax);
    let answer = "";
    const opened = connect({
      host: "127.0.0.1",
      port,
      noDelay: true,
      onread: {
        buffer,
        callback(length) {
          answer += buffer.toString("latin1", 0, length);
          const status = readStatus(answer);
          if (status !== null) {
            answer = "";
            settle?.(status);
          }
          return true;
        },
      },
    });
    // The error doesn't matter: "close" follows.
    opened.on("error", () => undefined);
    opened.on("close", () => {
      if (socket !== opened) return;
      socket = undefined;
      settle?.(null);
    });
    return opened;
  }

  return {
    exchange(request) {
      const { promise, resolve } = Promise.withResolvers<number | null>();
      settle = resolve;
      socket ??= open();
      socket.write(request);
      return promise;
    },
    close: () => socket?.destroy(),
  };
}

/**
 * Returns the status of a response, or null while it is incomplete.
 * @throws Error if the response has no content length
 */
function readStatus(answer: string): number | null {
  const headEnd = answer.indexOf("\r\n\r\n");
  if (headEnd === -1) return null;
  const [, length] = /\r\ncontent-length: *(\d+)/i.exec(answer) ?? [];
  if (length === undefined) throw new Error("an answer does not say its length");
  if (answer.length < headEnd + 4 + Number(length)) return null;
  return Number(answer.slice("HTTP/1.1 ".length, "HTTP/1.1 200".length));
}
