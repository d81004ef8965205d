import { messageFailure, type GraphFailure } from "../graph/graph-error.ts";
import { isObject } from "../json.ts";

/** Returns whether the media with this ID was uploaded to the account. */
export type HasMedia = (id: string) => boolean;

/** Checks that a media or location header has exactly one parameter, of the template's format. */
export function checkMediaHeader(
  part: string,
  format: string,
  parameters: readonly unknown[],
  hasMedia: HasMedia,
): GraphFailure | undefined {
  const [parameter] = parameters;
  const type = isObject(parameter) ? String(parameter.type).toLowerCase() : "unknown";
  if (parameters.length > 1 || type !== format.toLowerCase() || !isObject(parameter))
    return messageFailure(
      132012,
      `${part}: Format mismatch, expected ${format}, received ${type.toUpperCase()}`,
    );
  const value = parameter[type];
  return format === "LOCATION"
    ? checkLocation(part, value)
    : checkMedia(part, type, value, hasMedia);
}

function checkMedia(
  part: string,
  type: string,
  value: unknown,
  hasMedia: HasMedia,
): GraphFailure | undefined {
  if (!isObject(value) || (value.id === undefined && value.link === undefined))
    return messageFailure(131008, `${part}: Parameter of type ${type} is missing id or link`);
  if (value.id !== undefined)
    return (typeof value.id === "string" || typeof value.id === "number") &&
      hasMedia(String(value.id))
      ? undefined
      : messageFailure(131009, `${part}: there is no media with this id; upload it first`);
  return typeof value.link === "string" && /^https?:\/\/\S+$/.test(value.link)
    ? undefined
    : messageFailure(131009, `${part}: link of ${type} is not a valid URL`);
}

function checkLocation(part: string, value: unknown): GraphFailure | undefined {
  if (!isObject(value)) return messageFailure(131008, `${part}: location is missing`);
  for (const [key, limit] of [
    ["latitude", 90],
    ["longitude", 180],
  ] as const) {
    const given = value[key];
    if (given === undefined || given === null || given === "")
      return messageFailure(131008, `${part}: Parameter of type location is missing ${key}`);
    if (!(Math.abs(Number(given)) <= limit))
      return messageFailure(131009, `${part}: ${key} is not valid`);
  }
  return undefined;
}
