/** Meta's limits for the value of a slot; null if a limit doesn't apply. */
export interface SlotLimits {
  /** Characters. The fixed words around a variable are already subtracted. */
  lengthMax: number | null;
  bytesMax: number | null;
  mimeTypes: string[] | null;
}

/** Lengths in characters, from developers.facebook.com. */
export const textLengthMax = {
  header: 60,
  body: 1_024,
  urlSuffix: 2_000,
  couponCode: 15,
  payload: 128,
  flowToken: 200,
  oneTimeCode: 15,
} as const;

const mb = 1024 * 1024;
const office = "application/vnd.openxmlformats-officedocument";

/** Limits for media in headers. */
export const mediaLimits = {
  image: mediaLimit(5 * mb, ["image/jpeg", "image/png"]),
  video: mediaLimit(16 * mb, ["video/mp4", "video/3gpp"]),
  document: mediaLimit(100 * mb, [
    "application/pdf",
    "text/plain",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    `${office}.wordprocessingml.document`,
    `${office}.spreadsheetml.sheet`,
    `${office}.presentationml.presentation`,
  ]),
} as const satisfies Record<string, SlotLimits>;
export type MediaType = keyof typeof mediaLimits;

/** Returns the type of header that takes files of a MIME type, or null if none does. */
export function mediaTypeOf(mimeType: string): MediaType | null {
  if (mediaLimits.image.mimeTypes.includes(mimeType)) return "image";
  if (mediaLimits.video.mimeTypes.includes(mimeType)) return "video";
  return mediaLimits.document.mimeTypes.includes(mimeType) ? "document" : null;
}

export function textLimits(lengthMax: number): SlotLimits {
  return { lengthMax, bytesMax: null, mimeTypes: null };
}

function mediaLimit(bytesMax: number, mimeTypes: string[]) {
  return { lengthMax: null, bytesMax, mimeTypes };
}
