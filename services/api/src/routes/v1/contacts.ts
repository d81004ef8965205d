import { contactDetails, contactPage, listContactsQuery } from "@loudhailer/contracts/contacts.ts";
import { bigintId } from "@loudhailer/contracts/scalars.ts";
import { getContact } from "@loudhailer/core/contacts/get-contact.ts";
import { listContacts } from "@loudhailer/core/contacts/list-contacts.ts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { tenantOf } from "../../http/authenticate.ts";
import { errorResponses } from "../../http/error-responses.ts";

const tags = ["Contacts"];

export const contactRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/contacts",
    {
      schema: {
        tags,
        summary: "List contacts, newest first",
        querystring: listContactsQuery,
        response: { 200: contactPage, ...errorResponses },
      },
    },
    (request) => listContacts(tenantOf(request), request.query),
  );

  app.get(
    "/contacts/:id",
    {
      schema: {
        tags,
        summary: "Read one contact with its opt-outs and opt-ins",
        params: z.object({ id: bigintId }),
        response: { 200: contactDetails, ...errorResponses },
      },
    },
    (request) => getContact(tenantOf(request), request.params.id),
  );
};
