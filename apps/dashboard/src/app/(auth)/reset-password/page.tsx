import { ResetPasswordForm } from "@/features/accounts/reset-password-form.tsx";
import type { Metadata } from "next";

export const metadata: Metadata = { title: "New password" };

export default async function ResetPasswordPage({
  searchParams,
}: {
  searchParams: Promise<{ token?: string; error?: string }>;
}) {
  const { token, error } = await searchParams;
  return <ResetPasswordForm token={error === undefined ? (token ?? null) : null} />;
}
