import { IconLock } from "@tabler/icons-react";
import { EmptyState } from "./empty-state.tsx";
import { LinkButton } from "./link-button.tsx";

/** Replaces a page that the reader's role can't open. */
export function NotAllowed({ what }: { what: string }) {
  return (
    <EmptyState
      icon={<IconLock />}
      title={`Your role doesn't let you ${what}`}
      headingOrder={1}
      action={
        <LinkButton href="/" variant="default">
          Go to the start page
        </LinkButton>
      }
    >
      Ask an owner or admin of your organization for another role.
    </EmptyState>
  );
}
