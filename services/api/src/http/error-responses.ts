import { errorBody } from "@loudhailer/contracts/error-codes.ts";

/** What every route may answer instead; the error handler writes them. */
export const errorResponses = {
  "4xx": errorBody,
  "5xx": errorBody,
} as const;
