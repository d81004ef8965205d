import { api, getMe, read } from "@/api/server.ts";
import { NumberBanners } from "@/shell/number-banners.tsx";
import { MeProvider } from "@/shell/rights.tsx";
import { Shell } from "@/shell/shell.tsx";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";

export default async function AppLayout({ children }: { children: ReactNode }) {
  const me = await getMe();
  if (me.organization === null) redirect("/create-organization");
  const { items: providers } = await read((await api()).GET("/v1/whatsapp-providers"));
  return (
    <MeProvider me={me}>
      <Shell>
        <NumberBanners providers={providers} />
        {children}
      </Shell>
    </MeProvider>
  );
}
