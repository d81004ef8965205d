"use client";
import { useState, type FormEvent } from "react";
import { useAction, type ActionOptions } from "./use-action.ts";

type SubmitOptions<T> = Omit<ActionOptions<T>, "quiet">;

/** Runs `work` when a form is submitted. The form shows the error. */
export function useSubmit<T>(work: () => Promise<T>, options: SubmitOptions<T> = {}) {
  const { run, isPending, error } = useAction();
  function submit(event: FormEvent): void {
    event.preventDefault();
    void run(work, { ...options, quiet: true });
  }
  return { submit, isPending, error };
}

/**
 * Keeps the text fields of a form and submits them. `field` returns the props of a field's input,
 * with the API's message about it. `empty` restores the first values after success, `trim` takes away
 * spaces around a value while it is typed.
 */
export function useForm<Values extends Record<string, string>, T>(
  first: Values,
  work: (values: Values) => Promise<T>,
  {
    empty = false,
    trim = false,
    onDone,
    ...options
  }: SubmitOptions<T> & { empty?: boolean; trim?: boolean } = {},
) {
  const [values, setValues] = useState(first);
  const { error, ...form } = useSubmit(() => work(values), {
    ...options,
    onDone: (result) => {
      if (empty) setValues(first);
      onDone?.(result);
    },
  });
  const field = (name: keyof Values & string) => ({
    value: values[name],
    onChange: ({ currentTarget: { value } }: { currentTarget: { value: string } }) =>
      setValues((before) => ({ ...before, [name]: trim ? value.trim() : value })),
    error: error?.fields[name],
  });
  return { ...form, error, values, field };
}
