import { connect, type Socket } from "node:net";

const answerBytesMax = 16_384;

/** One keep-alive connection that is opened again when it has ended. */
export interface Connection {
  /**
   * Sends one whole request; resolves to the status of its answer, or to null when the connection
   * ended without one. Not to be called before the last exchange has ended.
   */
  exchange(request: Uint8Array): Promise<number | null>;
  close(): void;
}

/**
 * A client that costs the machine as little as can be: it writes bytes that were ready, and reads of
 * the answer only what tells its status and its end.
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
    // What went wrong doesn't matter: "close" follows.
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

/** Null as long as the answer isn't whole. Throws where it doesn't say its length. */
function readStatus(answer: string): number | null {
  const headEnd = answer.indexOf("\r\n\r\n");
  if (headEnd === -1) return null;
  const [, length] = /\r\ncontent-length: *(\d+)/i.exec(answer) ?? [];
  if (length === undefined) throw new Error("an answer does not say its length");
  if (answer.length < headEnd + 4 + Number(length)) return null;
  return Number(answer.slice("HTTP/1.1 ".length, "HTTP/1.1 200".length));
}
