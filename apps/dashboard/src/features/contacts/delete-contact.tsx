"use client";
import { browserApi, send } from "@/api/browser.ts";
import { ConfirmButton } from "@/ui/confirm-button.tsx";
import { useRouter } from "next/navigation";

export function DeleteContact({ id, title }: { id: string; title: string }) {
  const router = useRouter();
  return (
    <ConfirmButton
      label="Delete"
      title={`Delete ${title}?`}
      confirm="Delete the contact"
      done="The contact is deleted"
      work={async () => {
        await send(browserApi.DELETE("/v1/contacts/{id}", { params: { path: { id } } }));
        router.push("/contacts");
      }}
    >
      What was written to and by them is deleted too; the results of broadcasts keep their counts.
      This can&apos;t be undone.
    </ConfirmButton>
  );
}
