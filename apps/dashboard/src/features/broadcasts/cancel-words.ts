import type { Broadcast } from "../../api/types.ts";

/** Returns what canceling a broadcast in its status does, and how many recipients it affects. */
export function cancelWords(
  { status, pendingCount, retrying }: Pick<Broadcast, "status" | "pendingCount" | "retrying">,
  number: (value: number) => string,
): string {
  if (status === "scheduled") return "It won't be sent. You can duplicate it later.";
  // While a broadcast is preparing, only part of its audience is counted.
  if (status === "preparing") {
    return "Nobody gets it. A canceled broadcast can't go on, but you can duplicate it.";
  }
  // While recipients become pending again, only part of them is counted.
  if (retrying !== null) {
    return "Nobody else gets it; what was sent stays sent. A canceled broadcast can't go on: pause it if you aren't sure.";
  }
  const people = pendingCount === 1 ? "1 person" : `${number(pendingCount)} people`;
  return `${people} won't get it any more; what was sent stays sent. A canceled broadcast can't go on: pause it if you aren't sure.`;
}
