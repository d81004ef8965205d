"use client";
import { browserApi, send } from "@/api/browser.ts";
import { ConfirmButton } from "@/ui/confirm-button.tsx";

export function DeleteSegment({ id, name }: { id: string; name: string }) {
  return (
    <ConfirmButton
      label="Delete"
      title={`Delete ${name}?`}
      confirm="Delete the segment"
      done="The segment is deleted"
      work={() => send(browserApi.DELETE("/v1/segments/{id}", { params: { path: { id } } }))}
      leadsTo="/segments"
    >
      The contacts stay. Broadcasts that were made with it keep their own copy of its rules.
    </ConfirmButton>
  );
}
