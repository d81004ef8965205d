import { createHmac, randomInt } from "node:crypto";
import { Pool } from "undici";

export interface CallbackClientOptions {
  readonly connections: number;
  readonly timeoutMs: number;
}

/** Client for callback URLs: POSTs signed webhooks and does the verification handshake. */
export class CallbackClient {
  readonly #pools = new Map<string, Pool>();
  readonly #options: CallbackClientOptions;

  constructor(options: CallbackClientOptions) {
    this.#options = options;
  }

  /**
   * POSTs a body signed with the app secret. Returns true if it is answered with 200; never throws.
   */
  async post(url: string, body: string, appSecret: string): Promise<boolean> {
    try {
      const target = new URL(url);
      const bytes = Buffer.from(body);
      const response = await this.#pool(target).request({
        method: "POST",
        path: target.pathname + target.search,
        headers: {
          "content-type": "application/json",
          "user-agent": "facebookexternalua",
          "x-hub-signature-256": signBody(bytes, appSecret),
        },
        body: bytes,
      });
      await response.body.dump();
      return response.statusCode === 200;
    } catch {
      return false;
    }
  }

  /**
   * Does Meta's handshake. Returns undefined if the receiver echoed the challenge, else the error.
   */
  async verify(url: string, verifyToken: string): Promise<string | undefined> {
    const challenge = String(randomInt(100_000_000, 2_000_000_000));
    const target = new URL(url);
    target.searchParams.set("hub.mode", "subscribe");
    target.searchParams.set("hub.challenge", challenge);
    target.searchParams.set("hub.verify_token", verifyToken);
    try {
      const response = await this.#pool(target).request({
        method: "GET",
        path: target.pathname + target.search,
      });
      const answer = await response.body.text();
      if (response.statusCode !== 200) return `HTTP Status Code = ${response.statusCode}`;
      return answer === challenge ? undefined : "Response does not match challenge";
    } catch {
      return "The callback URL could not be reached";
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
    this.#pools.clear();
  }

  #pool(target: URL): Pool {
    let pool = this.#pools.get(target.origin);
    if (pool === undefined) {
      const { connections, timeoutMs } = this.#options;
      pool = new Pool(target.origin, {
        connections,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
        connectTimeout: timeoutMs,
      });
      this.#pools.set(target.origin, pool);
    }
    return pool;
  }
}

/** Returns the value of `X-Hub-Signature-256`. */
function signBody(body: Buffer, appSecret: string): string {
  return `sha256=${createHmac("sha256", appSecret).update(body).digest("hex")}`;
}
