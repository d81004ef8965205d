type Component = { type: string } & Record<string, unknown>;

/**
 * Returns the API's field errors by the part of the editor that they belong to: `name`, `header`,
 * `body`, `buttons`, `cards.1.body`; `rest` has those without a part.
 */
export function placeErrors(
  fields: Record<string, string>,
  components: Component[],
): Record<string, string> {
  const placed: Record<string, string> = {};
  for (const [path, message] of Object.entries(fields)) {
    const part = partOf(path.replace(/^body\./, ""), components);
    placed[part] = placed[part] === undefined ? message : `${placed[part]}; ${message}`;
  }
  return placed;
}

function partOf(path: string, components: Component[]): string {
  const [, index, rest = ""] = /^components\.(\d+)\.?(.*)$/.exec(path) ?? [];
  if (index === undefined) return path === "components" ? "rest" : (path.split(".")[0] ?? "rest");
  const type = components[Number(index)]?.type;
  if (type !== "CAROUSEL") return partNames[type ?? ""] ?? "rest";
  const [, card, inner] = /^cards\.(\d+)(?:\.components\.(\d+))?/.exec(rest) ?? [];
  if (card === undefined) return "cards";
  // Each card has these three components, in this order.
  const part = ["header", "body", "buttons"][Number(inner ?? 0)] ?? "header";
  return `cards.${card}.${part}`;
}

const partNames: Record<string, string> = {
  HEADER: "header",
  BODY: "body",
  FOOTER: "footer",
  BUTTONS: "buttons",
  LIMITED_TIME_OFFER: "offer",
};
