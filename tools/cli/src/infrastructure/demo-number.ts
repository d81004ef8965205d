/** The demo organization's WhatsApp number, with its credentials at Meta or the simulator. */
export interface DemoNumber {
  phoneNumberId: string;
  wabaId: string;
  accessToken: string;
  verifyToken: string;
  appSecret?: string;
}

/** The simulator's and the demo organization's number if the environment names none. */
const simulated = {
  phoneNumberId: "106540352242922",
  wabaId: "102290129340398",
  accessToken: "simulator-token",
  verifyToken: "simulator-verify-token",
  appSecret: "simulator-app-secret",
};

/** Returns WHATSAPP_PHONE_NUMBER_ID, WHATSAPP_WABA_ID, …, or the simulator's values if not set. */
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

/** Returns true if META_GRAPH_URL isn't set. This run then starts a simulator and sends to it. */
export function usesSimulator(env: NodeJS.ProcessEnv = process.env): boolean {
  return !env["META_GRAPH_URL"];
}
