import { given } from "@/api/given.ts";
import { Group } from "@mantine/core";
import { LinkButton } from "./link-button.tsx";

/** Links to the list's next page by cursor, and back to its first page. */
export function NextPage({
  path,
  query,
  nextCursor,
}: {
  path: string;
  query: Record<string, string | undefined>;
  nextCursor: string | null;
}) {
  const href = (cursor?: string): string => {
    const search = new URLSearchParams(given({ ...query, cursor }));
    return search.size === 0 ? path : `${path}?${search}`;
  };
  if (!query["cursor"] && nextCursor === null) return null;
  return (
    <Group justify="center" mt="md">
      {query["cursor"] && (
        <LinkButton href={href()} variant="default" size="sm">
          First page
        </LinkButton>
      )}
      {nextCursor !== null && (
        <LinkButton href={href(nextCursor)} variant="default" size="sm">
          Next page
        </LinkButton>
      )}
    </Group>
  );
}
