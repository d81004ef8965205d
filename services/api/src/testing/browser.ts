import { createTestClient, type TestAnswer } from "./test-client.ts";

let addresses = 0;

/** Opens a user's browser, which keeps cookies and has its own address. */
export function openBrowser(url: string, publicUrl: string) {
  const client = createTestClient(url, null);
  const cookies = new Map<string, string>();
  addresses += 1;
  const address = `10.1.${addresses >> 8}.${addresses & 255}`;
  async function send(method: string, path: string, body?: unknown): Promise<TestAnswer> {
    const answer = await client.send(path, {
      method,
      headers: {
        origin: publicUrl,
        "x-forwarded-for": address,
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    return answer;
  }
  return {
    address,
    get: (path: string) => send("GET", path),
    post: (path: string, body: unknown = {}) => send("POST", path, body),
    patch: (path: string, body: unknown) => send("PATCH", path, body),
    delete: (path: string) => send("DELETE", path),
  };
}

export type Browser = ReturnType<typeof openBrowser>;
