import { demoLogin } from "@/env.ts";
import { SignInForm } from "@/features/accounts/sign-in-form.tsx";
import type { Metadata } from "next";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<{ next?: string }>;
}) {
  const { next } = await searchParams;
  return <SignInForm next={next ?? "/"} demo={demoLogin()} />;
}
