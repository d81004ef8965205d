import type { Broadcast } from "../../api/types.ts";

/** Returns what canceling a broadcast in its status does, and how many recipients it affects. */
export function cancelWords(
  { status, pendingCount }: Pick<Broadcast, "status" | "pendingCount">,
  number: (value: number) => string,
): string {
  if (status === "scheduled") return "It won't be sent. You can duplicate it later.";
  // While a broadcast is preparing, only part of its audience is counted.
  if (status === "preparing") {
    return "Nobody gets it. A canceled broadcast can't go on, but you can duplicate it.";
  }
  const people = pendingCount === 1 ? "1 person" : `${number(pendingCount)} people`;
  return `${people} won't get it any more; what was sent stays sent. A canceled broadcast can't go on: pause it if you aren't sure.`;
}
