import { createHmac } from "node:crypto";
import { parameterFailure } from "../graph/graph-error.ts";
import type { SimulatorState } from "../state.ts";
import type { GraphRequest } from "./request.ts";

/** Checks the optional proof that the caller knows the app secret: the HMAC of its token. */
export function checkSecretProof(state: SimulatorState, { url, token }: GraphRequest): void {
  const proof = url.searchParams.get("appsecret_proof");
  if (proof === null) return;
  const secrets = state.registry.numbers
    .filter((number) => number.accessToken === token)
    .map((number) => number.appSecret);
  const isProven = secrets.some(
    (secret) => createHmac("sha256", secret).update(token).digest("hex") === proof,
  );
  if (!isProven) throw parameterFailure("Invalid appsecret_proof provided in the API argument");
}
