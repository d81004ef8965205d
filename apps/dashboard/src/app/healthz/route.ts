export const dynamic = "force-dynamic";

/** For whoever runs it: this process answers. The API has its own. */
export function GET(): Response {
  return Response.json({ status: "ok" });
}
