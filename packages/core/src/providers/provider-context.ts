import type { Keyring } from "@loudhailer/runtime/keyring.ts";
import type { GraphClient } from "@loudhailer/whatsapp/graph-client.ts";
import type { TenantContext } from "../tenant-context.ts";

/** Context of the verbs that show a number. */
export interface ProviderViewContext extends TenantContext {
  /** URL of the webhook service for Meta, shown for the setup there. */
  webhookUrl: string;
}

/** Context of the verbs that call Meta with a number's token. */
export interface ProviderContext extends ProviderViewContext {
  graph: GraphClient;
  keyring: Keyring;
}
