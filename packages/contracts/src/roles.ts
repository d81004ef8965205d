import { z } from "zod";

/** Roles in descending order of rights. */
export const role = z
  .enum(["owner", "admin", "marketer", "viewer"])
  .describe("owners and admins manage all, marketers also write, viewers only read");
export type Role = z.output<typeof role>;

/** `manage`: numbers, API keys, members, settings, audit log; `write`: all else that changes something. */
export const right = z.enum(["read", "write", "manage"]);
export type Right = z.output<typeof right>;

const rightsOfRole: Record<Role, readonly Right[]> = {
  owner: ["read", "write", "manage"],
  admin: ["read", "write", "manage"],
  marketer: ["read", "write"],
  viewer: ["read"],
};

/** A stored role. One that only a newer version knows is a viewer here, who can only read. */
export const storedRole = role.catch("viewer");

/** Returns the rights of a stored role. */
export function rightsOf(given: string): readonly Right[] {
  return rightsOfRole[storedRole.parse(given)];
}
