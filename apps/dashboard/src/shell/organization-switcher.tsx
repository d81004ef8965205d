"use client";
import dynamic from "next/dynamic";
import { useState } from "react";
import { OrganizationButton } from "./organization-button.tsx";

// The menu loads when it is first opened: no page needs it earlier.
const OrganizationMenu = dynamic(
  () => import("./organization-menu.tsx").then((module) => module.OrganizationMenu),
  { ssr: false, loading: () => <OrganizationButton /> },
);

/** Shows the current organization and switches to another. */
export function OrganizationSwitcher() {
  const [isWanted, setWanted] = useState(false);
  return isWanted ? (
    <OrganizationMenu />
  ) : (
    <OrganizationButton aria-haspopup="menu" onClick={() => setWanted(true)} />
  );
}
