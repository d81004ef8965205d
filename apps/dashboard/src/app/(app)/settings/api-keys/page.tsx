import { api, getMe, read } from "@/api/server.ts";
import { ApiKeyList } from "@/features/settings/api-keys/api-key-list.tsx";
import { NewApiKey } from "@/features/settings/api-keys/new-api-key.tsx";
import { NotAllowed } from "@/ui/not-allowed.tsx";
import { PageHeader } from "@/ui/page-header.tsx";
import { Grid, GridCol } from "@mantine/core";
import type { Metadata } from "next";

export const metadata: Metadata = { title: "API keys" };

export default async function ApiKeysPage() {
  const me = await getMe();
  if (!me.rights.includes("manage")) return <NotAllowed what="see API keys" />;
  const { items } = await read(
    (await api()).GET("/v1/api-keys", { params: { query: { limit: 200 } } }),
  );
  return (
    <>
      <PageHeader
        title="API keys"
        description="For your own programs, such as a shop that adds contacts."
      />
      <Grid gap="md">
        <GridCol span={{ base: 12, md: 7 }}>
          <ApiKeyList keys={items} />
        </GridCol>
        <GridCol span={{ base: 12, md: 5 }}>
          <NewApiKey />
        </GridCol>
      </Grid>
    </>
  );
}
