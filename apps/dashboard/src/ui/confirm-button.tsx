"use client";
import { useAction } from "@/api/use-action.ts";
import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useRouter } from "next/navigation";
import type { ReactNode } from "react";
import { Problem } from "./problem.tsx";

/** Asks for confirmation before `work`, which may be irreversible. Focuses the safe answer. */
export function ConfirmButton({
  label,
  title,
  children,
  confirm,
  work,
  done,
  leadsTo,
  color = "red",
}: {
  label: string;
  title: string;
  /** Explanation of what will happen, and to how many. */
  children: ReactNode;
  /** Label of the button that confirms. */
  confirm: string;
  work(): Promise<unknown>;
  done?: string;
  /** Page that opens afterwards. */
  leadsTo?: string;
  color?: string;
}) {
  const router = useRouter();
  const [isOpen, { open, close }] = useDisclosure();
  const { run, isPending, error, clearError } = useAction();
  async function workAndLeave(): Promise<void> {
    await work();
    if (leadsTo) router.push(leadsTo);
  }
  const execute = () => void run(workAndLeave, { quiet: true, done, onDone: close });
  function ask(): void {
    clearError();
    open();
  }
  return (
    <>
      <Button variant="default" onClick={ask}>
        {label}
      </Button>
      <Modal opened={isOpen} onClose={close} title={title} centered>
        <Stack>
          <Text size="sm" component="div">
            {children}
          </Text>
          {error && <Problem message={error.message} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              Keep it as it is
            </Button>
            <Button color={color} loading={isPending} onClick={execute}>
              {confirm}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
