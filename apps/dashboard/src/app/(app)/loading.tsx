import { Skeleton, Stack } from "@mantine/core";

export default function Loading() {
  return (
    <Stack aria-busy="true" aria-label="Loading">
      <Skeleton height={34} width={220} />
      <Skeleton height={20} width="60%" />
      <Skeleton height={120} />
      <Skeleton height={320} />
    </Stack>
  );
}
