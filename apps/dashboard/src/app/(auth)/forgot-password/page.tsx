import { ForgotPasswordForm } from "@/features/accounts/forgot-password-form.tsx";
import type { Metadata } from "next";

export const metadata: Metadata = { title: "Forgotten password" };

export default function ForgotPasswordPage() {
  return <ForgotPasswordForm />;
}
