import {
  contactImport,
  contactImportPage,
  contactImportPreview,
} from "@loudhailer/contracts/contact-imports.ts";
import { pageQuery } from "@loudhailer/contracts/pagination.ts";
import { idParams, uuid } from "@loudhailer/contracts/scalars.ts";
import { getContactImport } from "@loudhailer/core/imports/get-contact-import.ts";
import { startContactImport } from "@loudhailer/core/imports/import-contacts.ts";
import { listContactImports } from "@loudhailer/core/imports/list-contact-imports.ts";
import { previewContactImport } from "@loudhailer/core/imports/preview-contact-import.ts";
import { streamRejectedCsv } from "@loudhailer/core/imports/stream-rejected-csv.ts";
import { undoContactImport } from "@loudhailer/core/imports/undo-contact-import.ts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import pLimit from "p-limit";
import { z } from "zod";
import { tenantOf } from "../../http/authenticate.ts";
import { csvResponse } from "../../http/csv-response.ts";
import { idempotently } from "../../http/idempotently.ts";
import { readImportOptions } from "../../http/read-import-options.ts";
import { receiveUpload } from "../../http/receive-upload.ts";
import { sendCsv } from "../../http/send-csv.ts";

const tags = ["Contacts"];

/** Schema of the form in the OpenAPI document. The form itself is read as a stream. */
const importForm = z.object({
  file: z.file().describe("CSV in UTF-8; comma, semicolon or tab"),
  mapping: z.string().optional().describe('JSON: {"Handy": "phone", "Stadt": "attributes.city"}'),
  tags: z.string().optional().describe("put on every contact; separated by commas, or JSON"),
  defaultCountry: z.string().optional().describe("DE: of phone numbers in national form"),
});

const importsAtOnce = 2;

export const contactImportRoutes: FastifyPluginAsyncZod<{ uploadBytes: number }> = async (
  app,
  limits,
) => {
  const closing = new AbortController();
  // Each import keeps one core busy in this process and one in PostgreSQL.
  const inTurn = pLimit(importsAtOnce);
  app.addHook("onClose", async () => closing.abort());

  app.post(
    "/contact-imports",
    {
      bodyLimit: limits.uploadBytes,
      config: { idempotent: true },
      validatorCompiler: () => (data) => ({ value: data }),
      schema: {
        tags,
        summary: "Import contacts from a CSV",
        consumes: ["multipart/form-data"],
        body: importForm,
        response: { 202: z.object({ id: uuid }) },
      },
    },
    (request, reply) =>
      receiveUpload(request, limits, ({ fileName, sha256, fields, open, keepUntil }) => {
        const options = readImportOptions(fields);
        const work = async () => {
          const input = { open, fileName, log: request.log, ...options };
          const { id, run } = await startContactImport(tenantOf(request), input);
          keepUntil(inTurn(() => run(closing.signal)));
          return { id };
        };
        return idempotently(request, reply, work, { fingerprint: { fileName, sha256, options } });
      }),
  );

  app.post(
    "/contact-imports/preview",
    {
      bodyLimit: limits.uploadBytes,
      validatorCompiler: () => (data) => ({ value: data }),
      schema: {
        tags,
        summary: "Show how a CSV's first rows would be understood, without importing it",
        consumes: ["multipart/form-data"],
        body: importForm,
        response: { 200: contactImportPreview },
      },
    },
    (request) =>
      receiveUpload(request, limits, ({ fields, open }) =>
        previewContactImport({ open, ...readImportOptions(fields) }),
      ),
  );

  app.get(
    "/contact-imports",
    {
      schema: {
        tags,
        summary: "List imports, newest first",
        querystring: pageQuery,
        response: { 200: contactImportPage },
      },
    },
    (request) => listContactImports(tenantOf(request), request.query),
  );

  app.post(
    "/contact-imports/:id/undo",
    {
      config: { idempotent: true, refusals: ["conflict"] },
      schema: {
        tags,
        summary: "Take an import back: what it made, and what it changed",
        params: idParams,
        response: { 202: contactImport },
      },
    },
    (request, reply) =>
      idempotently(request, reply, () => undoContactImport(tenantOf(request), request.params.id)),
  );

  app.get(
    "/contact-imports/:id",
    {
      schema: {
        tags,
        summary: "Read an import and its counts",
        params: idParams,
        response: { 200: contactImport },
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
        response: { 200: csvResponse("The rows") },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const text = await streamRejectedCsv(tenantOf(request), id);
      return sendCsv(reply, `rejected-${id}.csv`, text);
    },
  );
};
