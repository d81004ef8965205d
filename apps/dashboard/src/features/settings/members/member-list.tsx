"use client";
import { authApi } from "@/api/browser.ts";
import type { Answer } from "@/api/types.ts";
import { useAction } from "@/api/use-action.ts";
import { useMay, useMe } from "@/shell/rights.tsx";
import { Card } from "@/ui/card.tsx";
import { ConfirmButton } from "@/ui/confirm-button.tsx";
import { roleOf, roles } from "@/ui/roles.ts";
import { Group, Select, Stack, Text } from "@mantine/core";

type Member = Answer<"/v1/members">["items"][number];

/** Lists the members of the organization and their roles. */
export function MemberList({ members }: { members: Member[] }) {
  return (
    <Card title="Members">
      <Stack gap="md" component="ul" p={0} m={0} style={{ listStyle: "none" }}>
        {members.map((member) => (
          <li key={member.id}>
            <MemberRow member={member} />
          </li>
        ))}
      </Stack>
    </Card>
  );
}

function MemberRow({ member }: { member: Member }) {
  const { user, organization, role: own } = useMe();
  const mayManage = useMay("manage");
  const { run, isPending } = useAction();
  const { id, name, email, role, userId } = member;
  const isMe = userId === user?.id;
  const mayChange = mayManage && !isMe && (role !== "owner" || own === "owner");
  const offered = roles.filter(({ value }) => value !== "owner" || own === "owner");
  return (
    <Group justify="space-between" gap="sm">
      <div style={{ minWidth: 0 }}>
        <Text fw={600} style={{ overflowWrap: "anywhere" }}>
          {name}
          {isMe && " (you)"}
        </Text>
        <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {email}
        </Text>
      </div>
      <Group gap="xs">
        {mayChange ? (
          <Select
            aria-label={`Role of ${name}`}
            data={offered.map(({ value, label }) => ({ value, label }))}
            value={role}
            disabled={isPending}
            allowDeselect={false}
            w={130}
            onChange={(changed) =>
              changed &&
              void run(
                () => authApi("/organization/update-member-role", { memberId: id, role: changed }),
                { done: `${name} is ${roleOf(changed)?.label.toLowerCase()} now` },
              )
            }
          />
        ) : (
          <Text size="sm">{roleOf(role)?.label}</Text>
        )}
        {mayChange && (
          <ConfirmButton
            label="Remove"
            title={`Remove ${name}?`}
            confirm="Remove them"
            done={`${name} is removed`}
            work={() => authApi("/organization/remove-member", { memberIdOrEmail: id })}
          >
            They can&apos;t see anything of this organization any more. What they made stays.
          </ConfirmButton>
        )}
        {isMe && (
          <ConfirmButton
            label="Leave"
            title={`Leave ${organization?.name}?`}
            confirm="Leave the organization"
            work={async () => {
              await authApi("/organization/leave", { organizationId: organization?.id });
              window.location.assign("/");
            }}
          >
            You can come back only by a new invitation. The last owner can&apos;t leave: make
            somebody else an owner first.
          </ConfirmButton>
        )}
      </Group>
    </Group>
  );
}
