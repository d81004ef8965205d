import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./global.css";
import { LocaleProvider } from "@/theme/locale.tsx";
import { readLocale } from "@/theme/read-locale.ts";
import { cssVariables, theme } from "@/theme/theme.ts";
import { NotificationHost } from "@/ui/notification-host.tsx";
import { ColorSchemeScript, MantineProvider, mantineHtmlProps } from "@mantine/core";
import type { Metadata, Viewport } from "next";
import localFont from "next/font/local";
import { headers } from "next/headers";
import type { ReactNode } from "react";

const inter = localFont({
  src: "../../../../node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
  variable: "--font-inter",
  weight: "100 900",
  display: "swap",
});

export const metadata: Metadata = {
  title: { default: "Loudhailer", template: "%s · Loudhailer" },
  description: "WhatsApp broadcasts on Meta's official Cloud API",
};
export const viewport: Viewport = { width: "device-width", initialScale: 1 };

export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get("x-nonce") ?? undefined;
  const locale = await readLocale();
  return (
    <html lang="en" {...mantineHtmlProps} className={inter.variable}>
      <head>
        <ColorSchemeScript defaultColorScheme="auto" nonce={nonce} />
      </head>
      <body>
        <MantineProvider
          theme={theme}
          cssVariablesResolver={cssVariables}
          defaultColorScheme="auto"
        >
          <LocaleProvider value={locale}>{children}</LocaleProvider>
          <NotificationHost />
        </MantineProvider>
      </body>
    </html>
  );
}
