import { Readable } from "node:stream";
import multipart from "@fastify/multipart";
import { contactImport } from "@loudhailer/contracts/contact-imports.ts";
import { idParams, uuid } from "@loudhailer/contracts/scalars.ts";
import { getContactImport } from "@loudhailer/core/contact-imports/get-contact-import.ts";
import { importContacts } from "@loudhailer/core/contact-imports/import-contacts.ts";
import { streamRejectedCsv } from "@loudhailer/core/contact-imports/stream-rejected-csv.ts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { tenantOf } from "../../http/authenticate.ts";
import { errorResponses } from "../../http/error-responses.ts";
import { idempotently } from "../../http/idempotently.ts";
import { readImportOptions } from "../../http/read-import-options.ts";
import { receiveUpload } from "../../http/receive-upload.ts";

const tags = ["Contacts"];

/** For the OpenAPI document; the form itself is read as a stream. */
const importForm = z.object({
  file: z.file().describe("CSV in UTF-8; comma, semicolon or tab"),
  mapping: z.string().optional().describe('JSON: {"Handy": "phone", "Stadt": "attributes.city"}'),
  tags: z.string().optional().describe("put on every contact; separated by commas, or JSON"),
  defaultCountry: z.string().optional().describe("DE: of phone numbers in national form"),
});

const accepted = z.object({ id: uuid });

export const contactImportRoutes: FastifyPluginAsyncZod<{ uploadBytes: number }> = async (
  app,
  limits,
) => {
  await app.register(multipart);

  app.post(
    "/contact-imports",
    {
      bodyLimit: limits.uploadBytes,
      validatorCompiler: () => (data) => ({ value: data }),
      schema: {
        tags,
        summary: "Import contacts from a CSV",
        consumes: ["multipart/form-data"],
        body: importForm,
        response: { 202: accepted, ...errorResponses },
      },
    },
    (request, reply) =>
      receiveUpload(request, limits, ({ fileName, sha256, fields, open }) => {
        const options = readImportOptions(fields);
        return idempotently(request, reply, {
          status: 202,
          schema: accepted,
          fingerprint: { fileName, sha256, options },
          work: () => importContacts(tenantOf(request), { file: open(), fileName, ...options }),
        });
      }),
  );

  app.get(
    "/contact-imports/:id",
    {
      schema: {
        tags,
        summary: "Read an import and its counts",
        params: idParams,
        response: { 200: contactImport, ...errorResponses },
      },
    },
    (request) => getContactImport(tenantOf(request), request.params.id),
  );

  app.get(
    "/contact-imports/:id/rejected.csv",
    {
      schema: {
        tags,
        summary: "Download the rows that were rejected, with the reasons",
        params: idParams,
        response: {
          200: {
            description: "The rows",
            content: { "text/csv": { schema: z.string() } },
          },
          ...errorResponses,
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const text = await streamRejectedCsv(tenantOf(request), id);
      reply
        .type("text/csv; charset=utf-8")
        .header("content-disposition", `attachment; filename="rejected-${id}.csv"`);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the type provider knows the text, not a stream of it
      return reply.send(Readable.from(text) as never);
    },
  );
};
