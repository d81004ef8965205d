"use client";
import { browserApi, send } from "@/api/browser.ts";
import { ConfirmButton } from "@/ui/confirm-button.tsx";
import { useRouter } from "next/navigation";

export function DeleteSegment({ id, name }: { id: string; name: string }) {
  const router = useRouter();
  return (
    <ConfirmButton
      label="Delete"
      title={`Delete ${name}?`}
      confirm="Delete the segment"
      done="The segment is deleted"
      work={async () => {
        await send(browserApi.DELETE("/v1/segments/{id}", { params: { path: { id } } }));
        router.push("/segments");
      }}
    >
      The contacts stay. Broadcasts that were made with it keep their own copy of its rules.
    </ConfirmButton>
  );
}
