import type { TemplateVariables, VariableValue } from "@loudhailer/whatsapp/template-variables.ts";

const ownId = /^[0-9a-f]{8}-/i;

/** Whether a mediaId is one of our files, not Meta's own id. */
export function isOwnMedia(mediaId: string | undefined): mediaId is string {
  return mediaId !== undefined && ownId.test(mediaId);
}

/** The ids of our files that a broadcast's variables name, each once. */
export function mediaOfVariables(variables: TemplateVariables): string[] {
  const ids = new Set<string>();
  mapMedia(variables, (mediaId) => {
    ids.add(mediaId);
    return mediaId;
  });
  return [...ids];
}

/** The variables with another id for each of our files. Only headers have media. */
export function mapMedia(
  variables: TemplateVariables,
  idOf: (mediaId: string) => string,
): TemplateVariables {
  const ofHeader = (header: Record<string, VariableValue> | undefined) =>
    header &&
    Object.fromEntries(
      Object.entries(header).map(([key, value]) => [
        key,
        value.source === "media" && isOwnMedia(value.mediaId)
          ? { ...value, mediaId: idOf(value.mediaId) }
          : value,
      ]),
    );
  return {
    ...variables,
    ...(variables.header && { header: ofHeader(variables.header) }),
    ...(variables.cards && {
      cards: variables.cards.map((card) => ({
        ...card,
        ...(card.header && { header: ofHeader(card.header) }),
      })),
    }),
  };
}
