"use client";
import { browserApi, send } from "@/api/browser.ts";
import { ConfirmButton } from "@/ui/confirm-button.tsx";

/** Deletes a template here and at Meta, after confirmation. */
export function DeleteTemplate({ id, name }: { id: string; name: string }) {
  return (
    <ConfirmButton
      label="Delete"
      title={`Delete ${name}?`}
      confirm="Delete the template"
      work={() => send(browserApi.DELETE("/v1/templates/{id}", { params: { path: { id } } }))}
      leadsTo="/templates"
      done="The template is deleted"
    >
      It is deleted at Meta too, in this language. Broadcasts that were sent with it keep their
      results. Meta doesn&apos;t let you use the same name again for 30 days.
    </ConfirmButton>
  );
}
