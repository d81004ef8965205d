"use client";
import { apiMessage } from "@/api/api-error.ts";
import { Problem } from "@/ui/problem.tsx";
import { useRouter } from "next/navigation";
import { startTransition } from "react";

export default function ErrorPage({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset(): void;
}) {
  const router = useRouter();
  return (
    <Problem
      title="This page can't be shown"
      message={apiMessage(error) ?? "Something broke on our side. Try again in a moment."}
      onRetry={() =>
        startTransition(() => {
          router.refresh();
          reset();
        })
      }
    />
  );
}
