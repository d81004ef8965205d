import { errorBody } from "@loudhailer/contracts/error-codes.ts";

/** Error responses that every route may give. The error handler sends them. */
export const errorResponses = {
  "4xx": errorBody,
  "5xx": errorBody,
} as const;
