import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { AppDeps } from "../../app-deps.ts";
import { auditAccountChange } from "../../http/audit-account-change.ts";
import { toHeaders } from "../../http/to-headers.ts";

const bodyBytesMax = 64 * 1024;

/** Passes `/api/auth/*` to Better Auth unchanged. Its responses keep Better Auth's own shape. */
export async function authRoutes(app: FastifyInstance, deps: AppDeps): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "*",
    { parseAs: "buffer", bodyLimit: bodyBytesMax },
    (_request, body, done) => done(null, body),
  );
  app.route({
    method: ["GET", "POST"],
    url: "/api/auth/*",
    schema: { hide: true },
    handler: async (request, reply) => {
      const response = await deps.auth.handler(toWebRequest(request, deps.publicUrl));
      const bytes = Buffer.from(await response.arrayBuffer());
      if (response.status >= 500) throw new Error(`Better Auth answered ${response.status}`);
      if (response.ok && request.method === "POST") await audit(deps, request, bytes);
      return sendWebResponse(reply, response, bytes);
    },
  });
}

function toWebRequest(request: FastifyRequest, publicUrl: string): Request {
  const { body } = request;
  return new Request(new URL(request.url, publicUrl), {
    method: request.method,
    headers: toHeaders(request),
    ...(Buffer.isBuffer(body) && body.length > 0 && { body: new Uint8Array(body) }),
  });
}

// The change is already made, so a failure to record it must not look as if the change failed.
async function audit(deps: AppDeps, request: FastifyRequest, bytes: Buffer): Promise<void> {
  try {
    await auditAccountChange(
      deps,
      request,
      bytes.length === 0 ? null : JSON.parse(bytes.toString()),
    );
  } catch (err) {
    request.log.error({ err }, "a change of accounts could not be noted");
  }
}

function sendWebResponse(reply: FastifyReply, response: Response, bytes: Buffer): FastifyReply {
  reply.code(response.status);
  for (const [name, value] of response.headers) {
    if (name !== "set-cookie") reply.header(name, value);
  }
  for (const cookie of response.headers.getSetCookie()) reply.header("set-cookie", cookie);
  return reply.send(bytes);
}
