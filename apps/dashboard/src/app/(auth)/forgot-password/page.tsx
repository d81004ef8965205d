import type { Metadata } from "next";
import { ForgotPasswordForm } from "@/features/accounts/forgot-password-form.tsx";

export const metadata: Metadata = { title: "Forgotten password" };

export default function ForgotPasswordPage() {
  return <ForgotPasswordForm />;
}
