import { SignUpForm } from "@/features/accounts/sign-up-form.tsx";
import type { Metadata } from "next";

export const metadata: Metadata = { title: "Create an account" };

export default async function SignUpPage({
  searchParams,
}: {
  searchParams: Promise<{ next?: string }>;
}) {
  return <SignUpForm next={(await searchParams).next ?? "/"} />;
}
