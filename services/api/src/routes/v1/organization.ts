import { auditLogPage, listAuditLogQuery, memberPage } from "@loudhailer/contracts/accounts.ts";
import { pageQuery } from "@loudhailer/contracts/pagination.ts";
import { listMembers } from "@loudhailer/core/accounts/list-members.ts";
import { listAuditLog } from "@loudhailer/core/audit/list-audit-log.ts";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { tenantOf } from "../../http/authenticate.ts";

const tags = ["Organization"];

export const organizationRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/members",
    {
      schema: {
        tags,
        summary: "List who is in the organization",
        querystring: pageQuery,
        response: { 200: memberPage },
      },
    },
    (request) => listMembers(tenantOf(request), request.query),
  );

  app.get(
    "/audit-log",
    {
      config: { right: "manage" },
      schema: {
        tags,
        summary: "List who did what, when and from where",
        querystring: listAuditLogQuery,
        response: { 200: auditLogPage },
      },
    },
    (request) => listAuditLog(tenantOf(request), request.query),
  );
};
