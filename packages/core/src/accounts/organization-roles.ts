import type { Role } from "@loudhailer/contracts/roles.ts";
import { createAccessControl } from "better-auth/plugins/access";
import {
  adminAc,
  defaultStatements,
  memberAc,
  ownerAc,
} from "better-auth/plugins/organization/access";

/** Rights to change an organization and its members; contracts/roles.ts has the other rights. */
export const organizationAccess = createAccessControl(defaultStatements);

export const organizationRoles = {
  owner: ownerAc,
  admin: adminAc,
  marketer: memberAc,
  viewer: memberAc,
} as const satisfies Record<Role, unknown>;
