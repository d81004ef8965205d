import { listMediaQuery, mediaPage, mediaView } from "@loudhailer/contracts/media.ts";
import { idParams } from "@loudhailer/contracts/scalars.ts";
import { createMedia } from "@loudhailer/core/media/create-media.ts";
import { deleteMedia } from "@loudhailer/core/media/delete-media.ts";
import { getMedia, openMedia } from "@loudhailer/core/media/get-media.ts";
import { listMedia } from "@loudhailer/core/media/list-media.ts";
import { mediaMimeTypes } from "@loudhailer/core/media/media-file.ts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { AppDeps } from "../../app-deps.ts";
import { tenantOf } from "../../http/authenticate.ts";
import { idempotently } from "../../http/idempotently.ts";
import { providerContextOf } from "../../http/provider-context.ts";
import { mediaForm, mediaFormBytesMax, receiveMedia } from "../../http/receive-media.ts";
import { sendStream } from "../../http/send-stream.ts";

const tags = ["Media"];

export const mediaRoutes: FastifyPluginAsyncZod<AppDeps> = async (app, deps) => {
  app.post(
    "/media",
    {
      bodyLimit: mediaFormBytesMax,
      config: { idempotent: true, refusals: ["conflict", "refused_by_meta", "meta_unavailable"] },
      validatorCompiler: () => (data) => ({ value: data }),
      schema: {
        tags,
        summary: "Upload a file for a header, kept and uploaded to Meta anew every 30 days",
        consumes: ["multipart/form-data"],
        body: mediaForm,
        response: { 201: mediaView },
      },
    },
    (request, reply) =>
      receiveMedia(request, ({ fingerprint, withFile }) =>
        idempotently(
          request,
          reply,
          () => withFile((file) => createMedia(providerContextOf(request, deps), file)),
          { fingerprint },
        ),
      ),
  );

  app.get(
    "/media",
    {
      schema: {
        tags,
        summary: "List the files, the latest first",
        querystring: listMediaQuery,
        response: { 200: mediaPage },
      },
    },
    (request) => listMedia(tenantOf(request), request.query),
  );

  app.get(
    "/media/:id",
    {
      schema: {
        tags,
        summary: "Read what is known of a file",
        params: idParams,
        response: { 200: mediaView },
      },
    },
    (request) => getMedia(tenantOf(request), request.params.id),
  );

  app.get(
    "/media/:id/content",
    {
      schema: {
        tags,
        summary: "Download a file",
        params: idParams,
        produces: [...mediaMimeTypes],
        response: {
          200: {
            description: "The file, of its own type",
            content: Object.fromEntries(
              mediaMimeTypes.map((type) => [type, { schema: z.string() }]),
            ),
          },
        },
      },
    },
    async (request, reply) => {
      const { media, bytes } = await openMedia(tenantOf(request), request.params.id);
      void reply
        .type(media.mimeType)
        .header("content-length", media.sizeBytes)
        // Sandboxed: an uploaded file must never run as a page in this origin.
        .header("content-security-policy", "sandbox; default-src 'none'")
        .header("content-disposition", contentDisposition(media.fileName));
      return sendStream(reply, bytes);
    },
  );

  app.delete(
    "/media/:id",
    {
      config: { refusals: ["conflict"] },
      schema: {
        tags,
        summary: "Forget a file that no open broadcast has",
        params: idParams,
        response: { 204: z.undefined().describe("Forgotten") },
      },
    },
    (request) => deleteMedia(providerContextOf(request, deps), request.params.id),
  );
};

function contentDisposition(fileName: string): string {
  return `inline; filename*=UTF-8''${encodeURIComponent(fileName.toWellFormed()).replaceAll("'", "%27")}`;
}
