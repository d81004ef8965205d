"use client";
import { browserApi, send } from "@/api/browser.ts";
import { ConfirmButton } from "@/ui/confirm-button.tsx";

export function DeleteContact({ id, title }: { id: string; title: string }) {
  return (
    <ConfirmButton
      label="Delete"
      title={`Delete ${title}?`}
      confirm="Delete the contact"
      done="The contact is deleted"
      work={() => send(browserApi.DELETE("/v1/contacts/{id}", { params: { path: { id } } }))}
      leadsTo="/contacts"
    >
      What was written to and by them is deleted too; the results of broadcasts keep their counts.
      This can&apos;t be undone.
    </ConfirmButton>
  );
}
