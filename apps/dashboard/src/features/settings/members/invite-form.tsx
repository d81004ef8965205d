"use client";
import { authApi } from "@/api/browser.ts";
import { useSubmit } from "@/api/use-form.ts";
import { useMe } from "@/shell/rights.tsx";
import { Card } from "@/ui/card.tsx";
import { Problem } from "@/ui/problem.tsx";
import { roles } from "@/ui/roles.ts";
import { Button, Radio, RadioGroup, Stack, TextInput } from "@mantine/core";
import { useState } from "react";

/** Invites a new member by email with a role. */
export function InviteForm() {
  const { role: own } = useMe();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState("marketer");
  const { submit, isPending, error } = useSubmit(
    () => authApi("/organization/invite-member", { email, role }),
    { done: `${email} is invited`, onDone: () => setEmail("") },
  );
  return (
    <Card title="Invite somebody" mb="md">
      <form onSubmit={submit}>
        <Stack>
          {error && <Problem message={error.message} />}
          <TextInput
            label="E-mail address"
            type="email"
            required
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <RadioGroup label="Role" value={role} onChange={setRole}>
            <Stack gap="xs" mt={4}>
              {roles
                .filter(({ value }) => value !== "owner" || own === "owner")
                .map(({ value, label, may }) => (
                  <Radio key={value} value={value} label={label} description={may} />
                ))}
            </Stack>
          </RadioGroup>
          <Button type="submit" loading={isPending} w="fit-content">
            Send the invitation
          </Button>
        </Stack>
      </form>
    </Card>
  );
}
