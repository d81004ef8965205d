"use client";
import { Checkbox, Stack, TextInput } from "@mantine/core";
import { BodyFields } from "./body-fields.tsx";
import { ButtonFields } from "./button-fields.tsx";
import { CardFields } from "./card-fields.tsx";
import { CodeFields } from "./code-fields.tsx";
import { Counted } from "./counted.tsx";
import { HeaderFields } from "./header-fields.tsx";
import { limits } from "./limits.ts";
import type { TemplateDraft } from "./template-draft.ts";

/** Edits everything that the recipient will see. */
export function MessageFields({
  draft,
  onChange,
  errors,
}: {
  draft: TemplateDraft;
  onChange(changes: Partial<TemplateDraft>): void;
  errors: Record<string, string>;
}) {
  const { kind, category, header, body, footer, buttons, offer, cards, code } = draft;
  if (category === "AUTHENTICATION") {
    return (
      <CodeFields code={code} onChange={(changed) => onChange({ code: changed })} errors={errors} />
    );
  }
  return (
    <Stack>
      {kind === "offer" && (
        <>
          <TextInput
            label="Words of the offer"
            description={<Counted text={offer.text} max={limits.offer} />}
            value={offer.text}
            onChange={(event) => onChange({ offer: { ...offer, text: event.currentTarget.value } })}
            error={errors["offer"]}
          />
          <Checkbox
            label="Shows when the offer ends (each broadcast says when)"
            checked={offer.hasExpiration}
            onChange={(event) =>
              onChange({ offer: { ...offer, hasExpiration: event.currentTarget.checked } })
            }
          />
        </>
      )}
      {kind !== "carousel" && (
        <HeaderFields
          header={header}
          onChange={(changed) => onChange({ header: changed })}
          providerId={draft.providerId}
          choices={
            kind === "offer"
              ? ["NONE", "IMAGE", "VIDEO"]
              : ["NONE", "TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION"]
          }
          error={errors["header"]}
        />
      )}
      <BodyFields
        body={body}
        onChange={(changed) => onChange({ body: changed })}
        format={draft.parameterFormat}
        max={kind === "offer" ? limits.bodyOfOffer : limits.body}
        error={errors["body"]}
      />
      {kind === "standard" && (
        <TextInput
          label="Footer"
          description={<Counted text={footer} max={limits.footer} />}
          placeholder="Reply STOP to get no more of these"
          value={footer}
          onChange={(event) => onChange({ footer: event.currentTarget.value })}
          error={errors["footer"]}
        />
      )}
      {kind === "carousel" ? (
        <CardFields
          cards={cards}
          onChange={(changed) => onChange({ cards: changed })}
          draft={draft}
          errors={errors}
        />
      ) : (
        <ButtonFields
          buttons={buttons}
          onChange={(changed) => onChange({ buttons: changed })}
          max={limits.buttons}
          error={errors["buttons"]}
        />
      )}
    </Stack>
  );
}
