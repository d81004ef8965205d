import type { Run } from "../state/run-file.ts";
import type { DemoLogin } from "./seed-demo-organization.ts";

/** Returns the addresses and the login of a run, one per line, for people. */
export function describeRun(run: Run, login: DemoLogin): string {
  return [
    ...(run.dashboardUrl === null ? [] : [`Dashboard   ${run.dashboardUrl}`]),
    `API         ${run.apiUrl}  (reference: ${run.apiUrl}/docs)`,
    `Webhook     ${run.webhookUrl}/webhooks/whatsapp`,
    `Login       ${login.email}  password ${login.password}`,
    `API key     ${login.apiKey}`,
  ].join("\n");
}
