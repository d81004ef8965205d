"use client";
import { browserApi, send } from "@/api/browser.ts";
import { ConfirmButton } from "@/ui/confirm-button.tsx";

/** Opts a contact out, or in again. */
export function ConsentActions({ id, optedIn }: { id: string; optedIn: boolean }) {
  const params = { path: { id } };
  const body = { source: "dashboard" };
  return optedIn ? (
    <ConfirmButton
      label="Opt out"
      title="No more messages to this person?"
      confirm="Opt them out"
      done="Opted out"
      work={() => send(browserApi.POST("/v1/contacts/{id}/opt-out", { params, body }))}
    >
      Every broadcast leaves them out from now on, also those that are being sent.
    </ConfirmButton>
  ) : (
    <ConfirmButton
      label="Opt in"
      title="Does this person want messages again?"
      confirm="Yes, opt them in"
      color="brand"
      done="Opted in"
      work={() => send(browserApi.POST("/v1/contacts/{id}/opt-in", { params, body }))}
    >
      Only do this if they have told you so: writing to people who don&apos;t want it makes Meta
      lower your number&apos;s quality.
    </ConfirmButton>
  );
}
