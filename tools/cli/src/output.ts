/** Where a command tells a person what happens. Results for programs go to stdout, apart from it. */
export interface Output {
  say(line: string): void;
  /** A line that the next one replaces on a terminal; elsewhere a line like any other. */
  progress(line: string): void;
  isTerminal: boolean;
}

/** Writes to `stream`: stderr where stdout carries JSON. */
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
      // A line that wraps could not be replaced as a whole.
      stream.write(isTerminal ? line.slice(0, stream.columns - 1) : `${line}\n`);
    },
  };
}
