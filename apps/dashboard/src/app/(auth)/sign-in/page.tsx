import type { Metadata } from "next";
import { demoLogin } from "@/env.ts";
import { SignInForm } from "@/features/accounts/sign-in-form.tsx";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<{ next?: string }>;
}) {
  const { next } = await searchParams;
  return <SignInForm next={next ?? "/"} demo={demoLogin()} />;
}
