import type { z } from "zod";

export interface WithToken {
  accessToken: string;
}

interface GraphRequest extends WithToken {
  method: "GET" | "POST" | "DELETE";
  /** Starts with a slash. */
  path: string;
  body?: string | Buffer;
  /** Names and values in turn, sent after the authorization header. */
  headers?: string[];
}

/**
 * Calls Graph once and returns the answer as read by the schema.
 * @throws GraphError if Meta refuses
 * @throws GraphUnavailableError if Meta gives no usable answer
 */
export type GraphCall = <T>(schema: z.ZodType<T>, request: GraphRequest) => Promise<T>;

export const jsonHeaders = ["content-type", "application/json"];

/** Encodes a value for a path or query. */
export function enc(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}
