"use client";
import { browserApi, send } from "@/api/browser.ts";
import type { Contact, TemplateVariables } from "@/api/types.ts";
import { useLoaded } from "@/api/use-loaded.ts";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";

/** Returns the message as one contact of the audience would get it, and problems by slot path. */
export function usePreview(
  templateId: string | null,
  variables: TemplateVariables,
  people: Contact[],
) {
  const [index, setIndex] = useState(0);
  const contactId = people[index]?.id;
  const [settled] = useDebouncedValue(JSON.stringify(variables), 250);
  // If the preview fails, the last one stays. Saving the step shows the error.
  const { data } = useLoaded(
    templateId === null
      ? null
      : (signal) => {
          const body = { variables, ...(contactId !== undefined && { contactId }) };
          const request = { params: { path: { id: templateId } }, body, signal };
          return send(browserApi.POST("/v1/templates/{id}/preview", request));
        },
    `${templateId} ${contactId} ${settled}`,
  );
  const problems = Object.fromEntries(
    (data?.problems ?? []).map(({ path, message }) => [path.replace(/^variables\./, ""), message]),
  );
  return { message: data?.preview ?? null, problems, index, setIndex };
}
