export const dynamic = "force-dynamic";

/** Answers 200 while this process runs. The API has its own health check. */
export function GET(): Response {
  return Response.json({ status: "ok" });
}
