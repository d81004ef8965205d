"use client";
import type { ApiError } from "@/api/api-error.ts";
import type { Broadcast } from "@/api/types.ts";
import { Problem } from "@/ui/problem.tsx";
import { Button, Group, Stack, Stepper, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { isReachable, isStep, steps, type Step } from "./steps.ts";

/** Frames a step with the list of steps, Back, Next, and a hint about what is missing. */
export function BuilderFrame({
  step,
  broadcast,
  onGo,
  isSaving,
  error,
  hint,
  children,
}: {
  step: Step;
  broadcast: Broadcast | null;
  onGo(step: Step): void;
  isSaving: boolean;
  error: ApiError | null;
  /** Hint about what the next step needs; null if nothing is missing. */
  hint: string | null;
  children: ReactNode;
}) {
  const index = steps.findIndex((known) => known.step === step);
  const before = steps[index - 1]?.step;
  const next = steps[index + 1];
  return (
    <Stack gap="lg">
      <Stepper
        active={index}
        onStepClick={(clicked) => {
          const target = steps[clicked]?.step;
          if (target !== undefined && isStep(target) && target !== step) onGo(target);
        }}
        size="sm"
        aria-label="Steps to send a broadcast"
      >
        {steps.map(({ step: of, label, description }) => (
          <Stepper.Step
            key={of}
            label={label}
            description={description}
            allowStepSelect={isReachable(of, broadcast)}
            aria-current={of === step ? "step" : undefined}
          />
        ))}
      </Stepper>
      {children}
      {error && <Problem title="It isn't saved yet" message={error.message} />}
      <Group justify="space-between">
        {before === undefined ? (
          <span />
        ) : (
          <Button variant="default" onClick={() => onGo(before)} disabled={isSaving}>
            Back
          </Button>
        )}
        {next && (
          <Group gap="sm">
            {hint !== null && (
              <Text size="sm" c="dimmed">
                {hint}
              </Text>
            )}
            <Button onClick={() => onGo(next.step)} loading={isSaving} disabled={hint !== null}>
              Next: {next.label}
            </Button>
          </Group>
        )}
      </Group>
    </Stack>
  );
}
