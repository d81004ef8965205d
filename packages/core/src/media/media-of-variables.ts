import type { TemplateVariables, VariableValue } from "@loudhailer/whatsapp/template-variables.ts";

const ownId = /^[0-9a-f]{8}-/i;

/** Returns whether a mediaId names a file stored in Loudhailer instead of an id at Meta. */
export function isOwnMedia(mediaId: string | undefined): mediaId is string {
  return mediaId !== undefined && ownId.test(mediaId);
}

/** Returns the ids of stored files in a broadcast's variables, each once. */
export function mediaOfVariables(variables: TemplateVariables): string[] {
  const ids = new Set<string>();
  mapMedia(variables, (mediaId) => {
    ids.add(mediaId);
    return mediaId;
  });
  return [...ids];
}

/** Returns the variables with the id of each stored file replaced. Only headers have media. */
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
