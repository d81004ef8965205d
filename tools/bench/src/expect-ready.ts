import { setTimeout as wait } from "node:timers/promises";
import type { Disturbed } from "./chaos-scenario.ts";

export type ServiceName = "api" | "webhook" | "dispatcher";

const answerMsMax = 10_000;
const changeMsMax = 15_000;

/**
 * Waits up to 15 s until readyz of every named service matches `isReady`. Records a violation for
 * each that doesn't.
 */
export async function expectReady(
  { stack, fleet, violate }: Disturbed,
  isReady: boolean,
  names: readonly ServiceName[],
): Promise<void> {
  const urls: { name: ServiceName; url: string }[] = [
    { name: "api", url: stack.api.url },
    { name: "webhook", url: stack.webhook.url },
    ...fleet.members().map(({ url }) => ({ name: "dispatcher" as const, url })),
  ];
  await Promise.all(
    urls
      .filter(({ name }) => names.includes(name))
      .map(async ({ name, url }) => {
        const deadline = performance.now() + changeMsMax;
        while ((await isServiceReady(url)) !== isReady) {
          if (performance.now() > deadline) {
            violate(`readyz of the ${name} service does not say ${isReady ? "yes" : "no"}`);
            return;
          }
          await wait(100);
        }
      }),
  );
}

async function isServiceReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(answerMsMax) });
    await response.text();
    return response.ok;
  } catch {
    return false;
  }
}
