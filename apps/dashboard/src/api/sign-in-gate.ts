"use client";

type Ask = () => Promise<void>;

let ask: Ask | null = null;
let asking: Promise<void> | null = null;

/** Says how a person is asked to sign in again; returns how to take that back. */
export function provideSignIn(given: Ask): () => void {
  ask = given;
  return () => {
    if (ask === given) ask = null;
  };
}

/** Resolves when the person has signed in again; requests that come meanwhile wait for the same. */
export async function signedInAgain(): Promise<void> {
  if (ask === null) throw new Error("nobody can be asked to sign in here");
  asking ??= ask().finally(() => {
    asking = null;
  });
  await asking;
}
