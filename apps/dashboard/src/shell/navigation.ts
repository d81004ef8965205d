import type { Me } from "@/api/types.ts";
import {
  IconAddressBook,
  IconBrandWhatsapp,
  IconHistory,
  IconHome,
  IconKey,
  IconMessage2,
  IconSettings,
  IconSpeakerphone,
  IconUserCircle,
  IconUsers,
  IconUsersGroup,
} from "@tabler/icons-react";

export interface Destination {
  href: string;
  label: string;
  icon: typeof IconHome;
  /** Right that the reader needs to see the link. */
  right?: Me["rights"][number];
}

/** Every section of the dashboard, in the order of the sidebar and the palette. */
export const navigation: { section: string | null; items: Destination[] }[] = [
  { section: null, items: [{ href: "/", label: "Home", icon: IconHome }] },
  {
    section: "Campaigns",
    items: [
      { href: "/broadcasts", label: "Broadcasts", icon: IconSpeakerphone },
      { href: "/templates", label: "Templates", icon: IconMessage2 },
    ],
  },
  {
    section: "Audience",
    items: [
      { href: "/contacts", label: "Contacts", icon: IconAddressBook },
      { href: "/segments", label: "Segments", icon: IconUsersGroup },
    ],
  },
  {
    section: "Settings",
    items: [
      { href: "/settings/whatsapp", label: "WhatsApp connection", icon: IconBrandWhatsapp },
      { href: "/settings/members", label: "Members", icon: IconUsers },
      { href: "/settings/api-keys", label: "API keys", icon: IconKey, right: "manage" },
      { href: "/settings/audit-log", label: "Audit log", icon: IconHistory, right: "manage" },
      { href: "/settings/organization", label: "Organization", icon: IconSettings },
      { href: "/settings/profile", label: "Profile", icon: IconUserCircle },
    ],
  },
];
