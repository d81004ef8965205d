import { createHmac } from "node:crypto";
import type { GraphFailure } from "../graph/graph-error.ts";
import { parameterFailure } from "../graph/graph-error.ts";
import type { SimulatorState } from "../state.ts";
import type { GraphRequest } from "./request.ts";

/** A call may prove that it knows the app's secret: the HMAC of its token. A wrong proof is refused. */
export function checkSecretProof(
  state: SimulatorState,
  { url, token }: GraphRequest,
): GraphFailure | undefined {
  const proof = url.searchParams.get("appsecret_proof");
  if (proof === null) return undefined;
  const secrets = state.registry.numbers
    .filter((number) => number.accessToken === token)
    .map((number) => number.appSecret);
  const isProven = secrets.some(
    (secret) => createHmac("sha256", secret).update(token).digest("hex") === proof,
  );
  return isProven
    ? undefined
    : parameterFailure("Invalid appsecret_proof provided in the API argument");
}
