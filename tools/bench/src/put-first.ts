import { constants, setPriority } from "node:os";

/**
 * Lets the simulator run as soon as it has something to do, if this user may: its clock measures
 * when messages arrive, and one that waits for a core counts them late and all at once.
 */
export function putFirst({ simulatorPid }: { simulatorPid: number }): void {
  try {
    setPriority(simulatorPid, constants.priority.PRIORITY_HIGH);
  } catch {
    // Only root may.
  }
}
