import {
  attributeList,
  consentBody,
  contactDetails,
  contactMessagePage,
  contactPage,
  createContactBody,
  duplicatePage,
  exportContactsQuery,
  listContactsQuery,
  mergeContactBody,
  tagPage,
  updateContactBody,
} from "@loudhailer/contracts/contacts.ts";
import { pageQuery } from "@loudhailer/contracts/pagination.ts";
import { bigintIdParams } from "@loudhailer/contracts/scalars.ts";
import { createContact } from "@loudhailer/core/contacts/create-contact.ts";
import { deleteContact } from "@loudhailer/core/contacts/delete-contacts.ts";
import { exportContacts } from "@loudhailer/core/contacts/export-contacts.ts";
import { getContact } from "@loudhailer/core/contacts/get-contact.ts";
import { listAttributes } from "@loudhailer/core/contacts/list-attributes.ts";
import { listContactMessages } from "@loudhailer/core/contacts/list-contact-messages.ts";
import { listContacts } from "@loudhailer/core/contacts/list-contacts.ts";
import { listDuplicates } from "@loudhailer/core/contacts/list-duplicates.ts";
import { listTags } from "@loudhailer/core/contacts/list-tags.ts";
import { mergeContact } from "@loudhailer/core/contacts/merge-contact.ts";
import { optInContact, optOutContact } from "@loudhailer/core/contacts/set-consent.ts";
import { updateContact } from "@loudhailer/core/contacts/update-contact.ts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { tenantOf } from "../../http/authenticate.ts";
import { csvResponse } from "../../http/csv-response.ts";
import { idempotently } from "../../http/idempotently.ts";
import { sendCsv } from "../../http/send-csv.ts";

const tags = ["Contacts"];

const consents = [
  { verb: "opt-out", summary: "Send nothing more to a contact", set: optOutContact },
  { verb: "opt-in", summary: "Note that a contact wants messages", set: optInContact },
] as const;

export const contactRoutes: FastifyPluginAsyncZod = async (app) => {
  app.post(
    "/contacts",
    {
      config: { idempotent: true },
      schema: {
        tags,
        summary: "Create a contact",
        body: createContactBody,
        response: { 201: contactDetails },
      },
    },
    (request, reply) =>
      idempotently(request, reply, () => createContact(tenantOf(request), request.body)),
  );

  app.get(
    "/contacts",
    {
      schema: {
        tags,
        summary: "List contacts, newest first",
        querystring: listContactsQuery,
        response: { 200: contactPage },
      },
    },
    (request) => listContacts(tenantOf(request), request.query),
  );

  app.get(
    "/contacts.csv",
    {
      schema: {
        tags,
        summary: "Download contacts as a CSV that can be imported again",
        querystring: exportContactsQuery,
        response: { 200: csvResponse("The contacts") },
      },
    },
    (request, reply) =>
      sendCsv(reply, "contacts.csv", exportContacts(tenantOf(request), request.query)),
  );

  app.get(
    "/contacts/duplicates",
    {
      schema: {
        tags,
        summary: "List contacts that seem to be one person",
        querystring: pageQuery,
        response: { 200: duplicatePage },
      },
    },
    (request) => listDuplicates(tenantOf(request), request.query),
  );

  app.get(
    "/contacts/:id",
    {
      schema: {
        tags,
        summary: "Read one contact with its opt-outs and opt-ins",
        params: bigintIdParams,
        response: { 200: contactDetails },
      },
    },
    (request) => getContact(tenantOf(request), request.params.id),
  );

  app.get(
    "/contacts/:id/messages",
    {
      schema: {
        tags,
        summary: "List the messages to and from a contact, the latest first",
        params: bigintIdParams,
        querystring: pageQuery,
        response: { 200: contactMessagePage },
      },
    },
    (request) =>
      listContactMessages(tenantOf(request), { ...request.query, contactId: request.params.id }),
  );

  app.patch(
    "/contacts/:id",
    {
      config: { refusals: ["conflict"] },
      schema: {
        tags,
        summary: "Change a contact",
        params: bigintIdParams,
        body: updateContactBody,
        response: { 200: contactDetails },
      },
    },
    (request) => updateContact(tenantOf(request), request.params.id, request.body),
  );

  app.delete(
    "/contacts/:id",
    {
      schema: {
        tags,
        summary: "Delete a contact and all that is known of the person; counts stay",
        params: bigintIdParams,
        response: { 204: z.undefined().describe("Deleted") },
      },
    },
    (request) => deleteContact(tenantOf(request), request.params.id),
  );

  for (const { verb, summary, set } of consents) {
    app.post(
      `/contacts/:id/${verb}`,
      {
        config: { idempotent: true },
        schema: {
          tags,
          summary,
          params: bigintIdParams,
          body: consentBody.nullish(),
          response: { 200: contactDetails },
        },
      },
      (request, reply) =>
        idempotently(request, reply, () =>
          set(tenantOf(request), request.params.id, request.body ?? {}),
        ),
    );
  }

  app.post(
    "/contacts/:id/merge",
    {
      config: { idempotent: true },
      schema: {
        tags,
        summary: "Make one contact of two that are one person",
        params: bigintIdParams,
        body: mergeContactBody,
        response: { 200: contactDetails },
      },
    },
    (request, reply) =>
      idempotently(request, reply, () =>
        mergeContact(tenantOf(request), request.params.id, request.body),
      ),
  );

  app.get(
    "/tags",
    {
      schema: {
        tags,
        summary: "List the tags that contacts have been given",
        querystring: pageQuery,
        response: { 200: tagPage },
      },
    },
    (request) => listTags(tenantOf(request), request.query),
  );

  app.get(
    "/attributes",
    {
      schema: {
        tags,
        summary: "List the attributes that contacts have, with their types",
        querystring: pageQuery,
        response: { 200: attributeList },
      },
    },
    (request) => listAttributes(tenantOf(request), request.query),
  );
};
