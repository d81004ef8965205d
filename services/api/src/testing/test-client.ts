export interface TestAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** The JSON that came; null where it was none. */
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads what it expects, and fails where it isn't there
  body: any;
}

/** Every answer that any test client got, in this file. */
export const answers: string[] = [];

type OnAnswer = (method: string, path: string, answer: TestAnswer) => void;

/** `onAnswer` is told of every answer. */
export function createTestClient(url: string, apiKey: string | null, onAnswer?: OnAnswer) {
  const send = async (path: string, init: RequestInit): Promise<TestAnswer> => {
    const headers = new Headers(init.headers);
    if (apiKey !== null && !headers.has("authorization")) {
      headers.set("authorization", `Bearer ${apiKey}`);
    }
    const response = await fetch(url + path, { ...init, headers });
    const text = await response.text();
    answers.push(text);
    const isJson = response.headers.get("content-type")?.includes("json") && text !== "";
    const answer = {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson ? JSON.parse(text) : null,
    };
    onAnswer?.(init.method ?? "GET", path, answer);
    return answer;
  };
  const json =
    (method: string) =>
    (path: string, body?: unknown, headers: Record<string, string> = {}) =>
      send(path, {
        method,
        headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
  return {
    url,
    apiKey,
    send,
    get: (path: string, headers: Record<string, string> = {}) => send(path, { headers }),
    post: json("POST"),
    patch: json("PATCH"),
    delete: (path: string) => send(path, { method: "DELETE" }),
  };
}

export type TestClient = ReturnType<typeof createTestClient>;
