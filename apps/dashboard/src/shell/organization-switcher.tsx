"use client";
import dynamic from "next/dynamic";
import { useState } from "react";
import { OrganizationButton } from "./organization-button.tsx";

// Loaded when it is first opened: no page needs it to be read.
const OrganizationMenu = dynamic(
  () => import("./organization-menu.tsx").then((module) => module.OrganizationMenu),
  { ssr: false, loading: () => <OrganizationButton /> },
);

/** Which organization the pages show, and the way to the others. */
export function OrganizationSwitcher() {
  const [isWanted, setWanted] = useState(false);
  return isWanted ? (
    <OrganizationMenu />
  ) : (
    <OrganizationButton aria-haspopup="menu" onClick={() => setWanted(true)} />
  );
}
