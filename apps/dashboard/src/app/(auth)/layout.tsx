import { Brand } from "@/shell/brand.tsx";
import { Center, Paper, Stack } from "@mantine/core";
import type { ReactNode } from "react";

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <Center mih="100dvh" p="md" component="main">
      <Stack w="100%" maw={420} gap="lg">
        <Center>
          <Brand />
        </Center>
        <Paper withBorder p="xl" shadow="sm">
          {children}
        </Paper>
      </Stack>
    </Center>
  );
}
