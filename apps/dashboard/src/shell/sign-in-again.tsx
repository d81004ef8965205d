"use client";
import { provideSignIn } from "@/api/sign-in-gate.ts";
import dynamic from "next/dynamic";
import { useEffect, useRef, useState } from "react";

const SignInDialog = dynamic(
  () => import("./sign-in-dialog.tsx").then((module) => module.SignInDialog),
  { ssr: false },
);

/** Asks for the password when the session has ended. The page keeps its state. */
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
