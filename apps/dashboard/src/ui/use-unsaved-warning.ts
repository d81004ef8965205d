"use client";
import { useEffect } from "react";

/** Asks before a link, the address bar or closing the tab discards unsaved changes. */
export function useUnsavedWarning(isUnsaved: boolean): void {
  useEffect(() => {
    if (!isUnsaved) return;
    const onLeave = (event: BeforeUnloadEvent): void => event.preventDefault();
    // Links within the application don't unload the page.
    const onClick = (event: MouseEvent): void => {
      const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
      if (link === null || event.defaultPrevented) return;
      // oxlint-disable-next-line no-alert -- the browser's own dialog, as on closing
      if (window.confirm("Leave without saving? What you have entered is lost.")) return;
      event.preventDefault();
      event.stopPropagation();
    };
    window.addEventListener("beforeunload", onLeave);
    document.addEventListener("click", onClick, { capture: true });
    return () => {
      window.removeEventListener("beforeunload", onLeave);
      document.removeEventListener("click", onClick, { capture: true });
    };
  }, [isUnsaved]);
}
