"use client";

type Ask = () => Promise<void>;

let ask: Ask | null = null;
let asking: Promise<void> | null = null;

/** Registers the function that asks for a new sign-in; returns a function that unregisters it. */
export function provideSignIn(given: Ask): () => void {
  ask = given;
  return () => {
    if (ask === given) ask = null;
  };
}

/**
 * Resolves after a new sign-in. Requests that arrive meanwhile wait for the same sign-in.
 * @throws Error if no function that asks for a sign-in is registered
 */
export async function signedInAgain(): Promise<void> {
  if (ask === null) throw new Error("nobody can be asked to sign in here");
  asking ??= ask().finally(() => {
    asking = null;
  });
  await asking;
}
