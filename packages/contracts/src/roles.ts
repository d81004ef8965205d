import { z } from "zod";

/** From most to least: owns, runs, sends, reads. */
export const role = z
  .enum(["owner", "admin", "marketer", "member"])
  .describe("owners and admins manage all, marketers also launch, members only read");
export type Role = z.output<typeof role>;

/** `manage`: numbers, API keys, members, settings, audit log; `launch`: all else that writes. */
export const right = z.enum(["read", "launch", "manage"]);
export type Right = z.output<typeof right>;

const rightsOfRole: Record<Role, readonly Right[]> = {
  owner: ["read", "launch", "manage"],
  admin: ["read", "launch", "manage"],
  marketer: ["read", "launch"],
  member: ["read"],
};

/** What somebody with this role may do; an unknown role reads. */
export function rightsOf(given: string): readonly Right[] {
  const known = role.safeParse(given);
  return rightsOfRole[known.success ? known.data : "member"];
}
