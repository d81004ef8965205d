export interface TestAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** Parsed JSON of the response. Null if it has none. */
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads the fields it expects, and fails if they are missing
  body: any;
}

/** Response bodies that all test clients of the test file received. */
export const answers: string[] = [];

type OnAnswer = (method: string, path: string, answer: TestAnswer) => void;

/** Creates a client of the API that calls `onAnswer` with every response. */
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
