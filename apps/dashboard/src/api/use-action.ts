"use client";
import { useRouter } from "next/navigation";
import { useCallback, useState } from "react";
import { notify } from "../ui/notify.ts";
import { ApiError } from "./api-error.ts";

export interface ActionOptions<T> {
  /** Notification after success. */
  done?: string | undefined;
  /** Whether the page's data is reloaded after success; true by default. */
  refresh?: boolean;
  /** Whether the caller shows the error, so that no notification does. */
  quiet?: boolean;
  onDone?(result: T): void;
}

/**
 * Runs work that changes data: tracks whether it is pending, shows the API's error if it fails, and
 * reloads the page's data if it succeeds. `run` resolves to null if the work failed.
 */
export function useAction() {
  const router = useRouter();
  const [isPending, setPending] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);

  const run = useCallback(
    async <T>(work: () => Promise<T>, options: ActionOptions<T> = {}): Promise<T | null> => {
      setPending(true);
      setError(null);
      let result: T;
      try {
        result = await work();
      } catch (thrown) {
        const refusal = thrown instanceof ApiError ? thrown : new ApiError(0, null);
        setError(refusal);
        if (options.quiet !== true) {
          notify({ title: "That didn't work", message: refusal.message, color: "red" });
        }
        return null;
      } finally {
        setPending(false);
      }
      // What follows may fail too, but the change is made.
      if (options.done) notify({ message: options.done, color: "brand" });
      if (options.refresh !== false) router.refresh();
      options.onDone?.(result);
      return result;
    },
    [router],
  );

  return { run, isPending, error, clearError: () => setError(null) };
}
