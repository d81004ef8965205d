"use client";
import { browserApi, send } from "@/api/browser.ts";
import { ConfirmButton } from "@/ui/confirm-button.tsx";
import { useRouter } from "next/navigation";

export function DisconnectNumber({ id, title }: { id: string; title: string }) {
  const router = useRouter();
  return (
    <ConfirmButton
      label="Disconnect"
      title={`Disconnect ${title}?`}
      confirm="Disconnect the number"
      done="The number is disconnected"
      work={async () => {
        await send(browserApi.DELETE("/v1/whatsapp-providers/{id}", { params: { path: { id } } }));
        router.push("/settings/whatsapp");
      }}
    >
      Its access token is deleted here, and nothing can be sent from it until it is connected again.
      Contacts stay. At Meta the number stays as it is.
    </ConfirmButton>
  );
}
