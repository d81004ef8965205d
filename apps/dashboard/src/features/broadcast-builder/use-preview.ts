"use client";
import { browserApi, send } from "@/api/browser.ts";
import type { Contact, MessagePreview, TemplateVariables } from "@/api/types.ts";
import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useState } from "react";

/** Returns the message as one contact of the audience would get it, and problems by slot path. */
export function usePreview(
  templateId: string | null,
  variables: TemplateVariables,
  people: Contact[],
) {
  const [index, setIndex] = useState(0);
  const contactId = people[index]?.id;
  const [settled] = useDebouncedValue(JSON.stringify(variables), 250);
  const [message, setMessage] = useState<MessagePreview | null>(null);
  const [problems, setProblems] = useState<Record<string, string>>({});
  useEffect(() => {
    if (templateId === null) return;
    const aborted = new AbortController();
    async function draw(id: string): Promise<void> {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- serialized above
      const values = JSON.parse(settled) as TemplateVariables;
      const request = {
        params: { path: { id } },
        body: { variables: values, ...(contactId !== undefined && { contactId }) },
        signal: aborted.signal,
      };
      try {
        const drawn = await send(browserApi.POST("/v1/templates/{id}/preview", request));
        setMessage(drawn.preview);
        setProblems(
          Object.fromEntries(
            drawn.problems.map(({ path, message: words }) => [
              path.replace(/^variables\./, ""),
              words,
            ]),
          ),
        );
      } catch {
        // The last preview stays. Saving the step shows the error.
      }
    }
    void draw(templateId);
    return () => aborted.abort();
  }, [templateId, settled, contactId]);
  return { message, problems, index, setIndex };
}
