"use client";
import { provideSignIn } from "@/api/sign-in-gate.ts";
import dynamic from "next/dynamic";
import { useEffect, useRef, useState } from "react";

const SignInDialog = dynamic(
  () => import("./sign-in-dialog.tsx").then((module) => module.SignInDialog),
  { ssr: false },
);

/** Asks who was signed in for their password when the session has ended; the page stays as it is. */
export function SignInAgain() {
  const [isAsked, setAsked] = useState(false);
  const whenSignedIn = useRef<(() => void) | null>(null);
  useEffect(
    () =>
      provideSignIn(
        () =>
          new Promise((resolve) => {
            whenSignedIn.current = resolve;
            setAsked(true);
          }),
      ),
    [],
  );
  if (!isAsked) return null;
  return (
    <SignInDialog
      onSignedIn={() => {
        setAsked(false);
        whenSignedIn.current?.();
      }}
    />
  );
}
