import type { Keyring } from "@loudhailer/runtime/keyring.ts";
import type { GraphClient } from "@loudhailer/whatsapp/graph-client.ts";
import type { TenantContext } from "../tenant-context.ts";

/** What the verbs need that show a number. */
export interface ProviderViewContext extends TenantContext {
  /** Where Meta reaches our webhook service; shown for the setup at Meta. */
  webhookUrl: string;
}

/** What the verbs need that talk to Meta with a number's token. */
export interface ProviderContext extends ProviderViewContext {
  graph: GraphClient;
  keyring: Keyring;
}
