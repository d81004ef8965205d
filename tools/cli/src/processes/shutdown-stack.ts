/** A started process or server that must be stopped. */
export interface Stoppable {
  /** Requests an orderly stop and waits for it. Kills the process after `graceMs`. */
  stop(graceMs: number): Promise<void>;
  /** Ends the process immediately. */
  kill(): void;
}

/** A stack of started processes, which are stopped in reverse order. */
export interface ShutdownStack {
  add(member: Stoppable): void;
  /** Opens a group whose members stop together. Returns a function that adds a member. */
  openGroup(): (member: Stoppable) => void;
  /** Stops the groups, last one first. Members that take too long are killed. */
  stopAll(): Promise<void>;
  killAll(): void;
}

// After the deadline, each group still gets this long before it is killed: PostgreSQL needs less.
const graceMsMin = 500;

/**
 * Returns an empty stack. All groups share `graceMs`. A member that is added after stopping has
 * begun is killed immediately.
 */
export function createShutdownStack({ graceMs }: { graceMs: number }): ShutdownStack {
  const groups: Stoppable[][] = [];
  let stopping: Promise<void> | undefined;

  const openGroup = (): ((member: Stoppable) => void) => {
    const group: Stoppable[] = [];
    groups.push(group);
    return (member) => {
      if (stopping) member.kill();
      else group.push(member);
    };
  };
  const stopGroups = async (): Promise<void> => {
    const deadline = performance.now() + graceMs;
    for (const group of groups.toReversed()) {
      const leftMs = Math.max(graceMsMin, deadline - performance.now());
      await Promise.allSettled(group.map((member) => member.stop(leftMs)));
    }
  };
  return {
    add: (member) => openGroup()(member),
    openGroup,
    stopAll: () => (stopping ??= stopGroups()),
    killAll: () => {
      for (const member of groups.toReversed().flat()) member.kill();
    },
  };
}
