/** A command's messages to people. Results for programs go to stdout separately. */
export interface Output {
  say(line: string): void;
  /** Writes a line that the next one replaces on a terminal. Elsewhere writes a normal line. */
  progress(line: string): void;
  isTerminal: boolean;
}

/** Returns an output that writes to `stream`, which is stderr if stdout carries JSON. */
export function createOutput(stream: NodeJS.WriteStream): Output {
  const isTerminal = stream.isTTY;
  let pending = false;
  const clearPending = (): void => {
    if (pending) stream.write("\r\u001B[2K");
    pending = false;
  };
  return {
    isTerminal,
    say: (line) => {
      clearPending();
      stream.write(`${line}\n`);
    },
    progress: (line) => {
      clearPending();
      pending = isTerminal;
      // A wrapped line couldn't be replaced completely.
      stream.write(isTerminal ? line.slice(0, stream.columns - 1) : `${line}\n`);
    },
  };
}
