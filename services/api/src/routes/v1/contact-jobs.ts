import { contactJob, createContactJobBody } from "@loudhailer/contracts/contacts.ts";
import { idParams } from "@loudhailer/contracts/scalars.ts";
import { createContactJob } from "@loudhailer/core/contact-jobs/create-contact-job.ts";
import { getContactJob } from "@loudhailer/core/contact-jobs/get-contact-job.ts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { tenantOf } from "../../http/authenticate.ts";
import { idempotently } from "../../http/idempotently.ts";

const tags = ["Contacts"];

export const contactJobRoutes: FastifyPluginAsyncZod = async (app) => {
  app.post(
    "/contact-jobs",
    {
      config: { idempotent: true },
      schema: {
        tags,
        summary: "Tag, opt out or delete all contacts of a segment, in the background",
        body: createContactJobBody,
        response: { 202: contactJob },
      },
    },
    (request, reply) =>
      idempotently(request, reply, () => createContactJob(tenantOf(request), request.body)),
  );

  app.get(
    "/contact-jobs/:id",
    {
      schema: {
        tags,
        summary: "Read how far a job is",
        params: idParams,
        response: { 200: contactJob },
      },
    },
    (request) => getContactJob(tenantOf(request), request.params.id),
  );
};
