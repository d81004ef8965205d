import { audiencePreview } from "@loudhailer/contracts/contacts.ts";
import { pageQuery } from "@loudhailer/contracts/pagination.ts";
import { idParams } from "@loudhailer/contracts/scalars.ts";
import {
  createSegmentBody,
  segmentPage,
  segmentView,
  updateSegmentBody,
} from "@loudhailer/contracts/segments.ts";
import {
  createSegment,
  deleteSegment,
  getSegment,
  listSegments,
  previewSegment,
  updateSegment,
} from "@loudhailer/core/segments/manage-segments.ts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { tenantOf } from "../../http/authenticate.ts";
import { idempotently } from "../../http/idempotently.ts";

const tags = ["Segments"];

export const segmentRoutes: FastifyPluginAsyncZod = async (app) => {
  app.post(
    "/segments",
    {
      config: { idempotent: true },
      schema: {
        tags,
        summary: "Save a segment under a name",
        body: createSegmentBody,
        response: { 201: segmentView },
      },
    },
    (request, reply) =>
      idempotently(request, reply, () => createSegment(tenantOf(request), request.body)),
  );

  app.get(
    "/segments",
    {
      schema: {
        tags,
        summary: "List saved segments by name",
        querystring: pageQuery,
        response: { 200: segmentPage },
      },
    },
    (request) => listSegments(tenantOf(request), request.query),
  );

  app.get(
    "/segments/:id",
    {
      schema: {
        tags,
        summary: "Read a saved segment",
        params: idParams,
        response: { 200: segmentView },
      },
    },
    (request) => getSegment(tenantOf(request), request.params.id),
  );

  app.patch(
    "/segments/:id",
    {
      config: { refusals: ["conflict"] },
      schema: {
        tags,
        summary: "Change a saved segment",
        params: idParams,
        body: updateSegmentBody,
        response: { 200: segmentView },
      },
    },
    (request) => updateSegment(tenantOf(request), request.params.id, request.body),
  );

  app.delete(
    "/segments/:id",
    {
      schema: {
        tags,
        summary: "Delete a saved segment; broadcasts keep their rules",
        params: idParams,
        response: { 204: z.undefined().describe("Deleted") },
      },
    },
    (request) => deleteSegment(tenantOf(request), request.params.id),
  );

  app.post(
    "/segments/:id/preview",
    {
      schema: {
        tags,
        summary: "Count whom a saved segment reaches now",
        params: idParams,
        response: { 200: audiencePreview },
      },
    },
    (request) => previewSegment(tenantOf(request), request.params.id),
  );
};
