import { Group, Text } from "@mantine/core";

/** Shows the logo and the name. */
export function Brand() {
  return (
    <Group gap={8} wrap="nowrap">
      <svg viewBox="0 0 32 32" width={26} height={26} aria-hidden>
        <rect width="32" height="32" rx="8" fill="#0d7d62" />
        <path
          d="M7 13.5v5a1.5 1.5 0 0 0 1.500 1.500H11l1.600 5h2.800l-1.300-5h.900l8 4.200V7.800l-8 4.200H8.500A1.500 1.500 0 0 0 7 13.500Z"
          fill="#fff"
        />
      </svg>
      <Text fw={700} size="lg">
        Loudhailer
      </Text>
    </Group>
  );
}
