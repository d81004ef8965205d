import type { Me } from "../api/types.ts";

export type Role = NonNullable<Me["role"]>;

/** Roles of members in an organization, from the most rights to the fewest. */
export const roles: { value: Role; label: string; may: string }[] = [
  { value: "owner", label: "Owner", may: "Everything, also making others owners." },
  {
    value: "admin",
    label: "Admin",
    may: "Everything: numbers, members, API keys, settings, sending.",
  },
  {
    value: "marketer",
    label: "Marketer",
    may: "Contacts, segments, and sending broadcasts.",
  },
  { value: "viewer", label: "Viewer", may: "Look at everything, change and send nothing." },
];

export function roleOf(role: string | null) {
  return roles.find(({ value }) => value === role) ?? roles.at(-1);
}
