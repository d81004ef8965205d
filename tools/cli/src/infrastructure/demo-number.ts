/** The number that the demo organization sends from, as Meta or the simulator knows it. */
export interface DemoNumber {
  phoneNumberId: string;
  wabaId: string;
  accessToken: string;
  verifyToken: string;
  appSecret?: string;
}

/** What the simulator is started with, and what is seeded, where the environment names no number. */
const simulated = {
  phoneNumberId: "106540352242922",
  wabaId: "102290129340398",
  accessToken: "simulator-token",
  verifyToken: "simulator-verify-token",
  appSecret: "simulator-app-secret",
};

/** WHATSAPP_PHONE_NUMBER_ID, WHATSAPP_WABA_ID, …; the simulator's where one is not set. */
export function demoNumber(env: NodeJS.ProcessEnv = process.env): DemoNumber {
  const appSecret = env["META_APP_SECRET"] || (usesSimulator(env) ? simulated.appSecret : "");
  return {
    phoneNumberId: env["WHATSAPP_PHONE_NUMBER_ID"] || simulated.phoneNumberId,
    wabaId: env["WHATSAPP_WABA_ID"] || simulated.wabaId,
    accessToken: env["WHATSAPP_ACCESS_TOKEN"] || simulated.accessToken,
    verifyToken: env["WHATSAPP_VERIFY_TOKEN"] || simulated.verifyToken,
    ...(appSecret !== "" && { appSecret }),
  };
}

/** Whether messages go to the simulator that this run starts, since META_GRAPH_URL is not set. */
export function usesSimulator(env: NodeJS.ProcessEnv = process.env): boolean {
  return !env["META_GRAPH_URL"];
}
