"use client";
import { browserApi, send } from "@/api/browser.ts";
import { ConfirmButton } from "@/ui/confirm-button.tsx";

export function DisconnectNumber({ id, title }: { id: string; title: string }) {
  return (
    <ConfirmButton
      label="Disconnect"
      title={`Disconnect ${title}?`}
      confirm="Disconnect the number"
      done="The number is disconnected"
      work={() =>
        send(browserApi.DELETE("/v1/whatsapp-providers/{id}", { params: { path: { id } } }))
      }
      leadsTo="/settings/whatsapp"
    >
      Its access token is deleted here, and nothing can be sent from it until it is connected again.
      Contacts stay. At Meta the number stays as it is.
    </ConfirmButton>
  );
}
