/** Something that was started and has to be stopped. */
export interface Stoppable {
  /** Stops it in its own way; gives up waiting and kills it after `graceMs`. */
  stop(graceMs: number): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

/** What was started, so that it can be stopped in the reverse order. */
export interface ShutdownStack {
  add(member: Stoppable): void;
  /** Opens a group whose members are stopped together, and returns what adds to it. */
  openGroup(): (member: Stoppable) => void;
  /** Stops the groups, the last one first; stragglers are killed when the time is up. */
  stopAll(): Promise<void>;
  killAll(): void;
}

// Past the deadline each group is still asked before it is killed: PostgreSQL stops in far less.
const graceMsMin = 500;

/** `graceMs` is for all groups together. What is added once stopping has begun is killed at once. */
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
