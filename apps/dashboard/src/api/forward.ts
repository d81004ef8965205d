import "server-only";
import { apiUrl, publicUrl } from "../env.ts";

const connectionHeaders = ["connection", "keep-alive", "transfer-encoding", "host", "expect"];
/** Headers that don't fit the forwarded body, because `fetch` has decoded it. */
const bodyHeaders = ["content-encoding", "content-length"];

/**
 * Forwards a request to the API and returns its response, both as streams. Cookies are
 * first-party, uploads of any size pass, and events arrive at once. Answers 503 if the API can't
 * be reached.
 */
export async function forward(request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const headers = new Headers(request.headers);
  for (const name of connectionHeaders) headers.delete(name);
  if (isFromOwnPage(request)) headers.set("origin", new URL(publicUrl).origin);
  const hasBody = request.body !== null;
  try {
    const answer = await fetch(apiUrl + pathname + search, {
      method: request.method,
      headers,
      redirect: "manual",
      cache: "no-store",
      signal: request.signal,
      ...(hasBody && { body: request.body, duplex: "half" }),
    });
    const answerHeaders = new Headers(answer.headers);
    for (const name of [...connectionHeaders, ...bodyHeaders]) answerHeaders.delete(name);
    return new Response(answer.body, { status: answer.status, headers: answerHeaders });
  } catch {
    return Response.json(
      { error: { code: "unavailable", message: "The server can't be reached. Try again soon." } },
      { status: 503, headers: { "retry-after": "2" } },
    );
  }
}

// Browsers send the origin of the page. The dashboard's pages share the host of the request.
function isFromOwnPage({ headers }: Request): boolean {
  const origin = headers.get("origin");
  return origin !== null && URL.canParse(origin) && new URL(origin).host === headers.get("host");
}
