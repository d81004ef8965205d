import { messageFailure } from "../graph/graph-error.ts";
import { isObject } from "../json.ts";

/** Returns whether the media with this ID was uploaded to the account. */
export type HasMedia = (id: string) => boolean;

/** Checks that a media or location header has exactly one parameter, of the template's format. */
export function checkMediaHeader(
  part: string,
  format: string,
  parameters: readonly unknown[],
  hasMedia: HasMedia,
): void {
  const [parameter] = parameters;
  const type = isObject(parameter) ? String(parameter.type).toLowerCase() : "unknown";
  if (parameters.length > 1 || type !== format.toLowerCase() || !isObject(parameter))
    throw messageFailure(
      132012,
      `${part}: Format mismatch, expected ${format}, received ${type.toUpperCase()}`,
    );
  const value = parameter[type];
  if (format === "LOCATION") checkLocation(part, value);
  else checkMedia(part, type, value, hasMedia);
}

function checkMedia(part: string, type: string, value: unknown, hasMedia: HasMedia): void {
  if (!isObject(value) || (value.id === undefined && value.link === undefined))
    throw messageFailure(131008, `${part}: Parameter of type ${type} is missing id or link`);
  const { id, link } = value;
  if (id !== undefined) {
    const isKnown = (typeof id === "string" || typeof id === "number") && hasMedia(String(id));
    if (!isKnown)
      throw messageFailure(131009, `${part}: there is no media with this id; upload it first`);
  } else if (typeof link !== "string" || !/^https?:\/\/\S+$/.test(link))
    throw messageFailure(131009, `${part}: link of ${type} is not a valid URL`);
}

function checkLocation(part: string, value: unknown): void {
  if (!isObject(value)) throw messageFailure(131008, `${part}: location is missing`);
  for (const [key, limit] of [
    ["latitude", 90],
    ["longitude", 180],
  ] as const) {
    const given = value[key];
    if (given === undefined || given === null || given === "")
      throw messageFailure(131008, `${part}: Parameter of type location is missing ${key}`);
    if (!(Math.abs(Number(given)) <= limit))
      throw messageFailure(131009, `${part}: ${key} is not valid`);
  }
}
