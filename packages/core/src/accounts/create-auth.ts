import { role as roleSchema } from "@loudhailer/contracts/roles.ts";
import type { createPool } from "@loudhailer/db/create-pool.ts";
import { betterAuth, type BetterAuthOptions } from "better-auth";
import { APIError, createAuthMiddleware, isAPIError } from "better-auth/api";
import { organization } from "better-auth/plugins";
import type { Mailer } from "./create-mailer.ts";
import { invitationMail, passwordResetMail } from "./mails.ts";
import { organizationAccess, organizationRoles } from "./organization-roles.ts";

type Pool = ReturnType<typeof createPool>;

export interface AuthOptions {
  /** A pool with the role loudhailer_auth. */
  pool: Pool;
  /** The secret that signs the cookies (AUTH_SECRET). */
  secret: string;
  /** The application's URL in browsers (PUBLIC_URL); with https the cookies are Secure. */
  publicUrl: string;
  /** Logs Better Auth's fixed sentences, without arguments: those can contain email addresses. */
  log(level: "info" | "warn" | "error" | "debug", sentence: string): void;
  mailer: Mailer;
}

/** The header with the client's address for Better Auth, set by the API and never by the client. */
export const clientAddressHeader = "x-loudhailer-client";

const timestamps = { createdAt: "created_at", updatedAt: "updated_at" } as const;

const tables = {
  user: {
    modelName: "users",
    fields: { emailVerified: "email_verified", ...timestamps },
  },
  session: {
    modelName: "sessions",
    fields: {
      userId: "user_id",
      expiresAt: "expires_at",
      ipAddress: "ip_address",
      userAgent: "user_agent",
      ...timestamps,
    },
  },
  account: {
    modelName: "accounts",
    fields: {
      userId: "user_id",
      accountId: "account_id",
      providerId: "provider_id",
      accessToken: "access_token",
      refreshToken: "refresh_token",
      idToken: "id_token",
      accessTokenExpiresAt: "access_token_expires_at",
      refreshTokenExpiresAt: "refresh_token_expires_at",
      ...timestamps,
    },
  },
  verification: {
    modelName: "verifications",
    fields: { expiresAt: "expires_at", ...timestamps },
  },
} as const satisfies BetterAuthOptions;

const invitationSecondsMax = 48 * 3_600;
const passwordResetSecondsMax = 3_600;

/** Refuses the roles that Better Auth knows besides ours, and several roles of one member. */
async function requireRole(role: string): Promise<void> {
  if (roleSchema.safeParse(role).success) return;
  const message = `A member has one of these roles: ${roleSchema.options.join(", ")}.`;
  throw new APIError("BAD_REQUEST", { code: "ROLE_NOT_FOUND", message });
}

const organizationsOf = ({ mailer, publicUrl }: AuthOptions) =>
  organization({
    ac: organizationAccess,
    roles: organizationRoles,
    invitationExpiresIn: invitationSecondsMax,
    cancelPendingInvitationsOnReInvite: true,
    // The link is the proof: Loudhailer emails it to the address, or the inviter passes it on.
    requireEmailVerificationOnInvitation: false,
    sendInvitationEmail: ({ id, email, organization: { name } }) =>
      mailer.send(invitationMail(email, name, `${publicUrl}/accept-invitation?id=${id}`)),
    organizationHooks: {
      beforeCreateInvitation: ({ invitation }) => requireRole(invitation.role),
      beforeUpdateMemberRole: ({ newRole }) => requireRole(newRole),
    },
    schema: {
      session: { fields: { activeOrganizationId: "active_organization_id" } },
      organization: { modelName: "organizations", fields: { createdAt: "created_at" } },
      member: {
        modelName: "members",
        fields: { organizationId: "organization_id", userId: "user_id", createdAt: "created_at" },
      },
      invitation: {
        modelName: "invitations",
        fields: {
          organizationId: "organization_id",
          inviterId: "inviter_id",
          expiresAt: "expires_at",
          createdAt: "created_at",
        },
      },
    },
  });

/**
 * Creates Better Auth with email, password and organizations on the tables of migrations 0001 and
 * 0011. A new session starts in the organization that the user joined first, so that a user can
 * work right after signing in. Its handler and functions return refusals (4xx) as Better Auth does,
 * but throw the error of any other failure, such as that of an unavailable database.
 */
export function createAuth(options: AuthOptions) {
  const { pool, secret, publicUrl, log, mailer } = options;
  return betterAuth({
    ...tables,
    baseURL: publicUrl,
    basePath: "/api/auth",
    secret,
    database: pool,
    emailAndPassword: {
      enabled: true,
      resetPasswordTokenExpiresIn: passwordResetSecondsMax,
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: ({ user, url }) => mailer.send(passwordResetMail(user.email, url)),
    },
    plugins: [organizationsOf(options)],
    trustedOrigins: [new URL(publicUrl).origin],
    // Limits are counted in the database, by client and route, so that all replicas share them.
    rateLimit: {
      enabled: true,
      storage: "database",
      modelName: "rate_limits",
      fields: { lastRequest: "last_request" },
      window: 60,
      max: 300,
      customRules: {
        "/sign-in/email": { window: 60, max: 10 },
        "/sign-up/email": { window: 3_600, max: 20 },
        "/request-password-reset": { window: 3_600, max: 10 },
        "/reset-password": { window: 3_600, max: 20 },
        "/change-password": { window: 3_600, max: 20 },
      },
    },
    advanced: {
      database: { generateId: "uuid" },
      ipAddress: { ipAddressHeaders: [clientAddressHeader] },
      // Better Auth would skip both checks depending on NODE_ENV or TEST.
      disableCSRFCheck: false,
      disableOriginCheck: false,
      useSecureCookies: publicUrl.startsWith("https:"),
      cookiePrefix: "loudhailer",
    },
    logger: { level: "warn", log: (level, sentence) => log(level, sentence) },
    onAPIError: { throw: true },
    hooks: { after: createAuthMiddleware(async (ctx) => throwHidden(ctx.context.returned)) },
    telemetry: { enabled: false },
    databaseHooks: {
      session: {
        create: {
          before: async (session) => ({
            data: {
              ...session,
              activeOrganizationId: await firstOrganizationOf(pool, session.userId),
            },
          }),
        },
      },
    },
  });
}

export type Auth = ReturnType<typeof createAuth>;

// Some of Better Auth's functions catch errors and return a 500 in their place.
function throwHidden(returned: unknown): void {
  if (!isAPIError(returned) || returned.statusCode < 500) return;
  const { cause } = returned;
  throw cause instanceof Error ? cause : new Error("Better Auth failed", { cause: returned });
}

async function firstOrganizationOf(pool: Pool, userId: string): Promise<string | null> {
  const { rows } = await pool.query<{ organization_id: string }>(
    "select organization_id from members where user_id = $1 order by created_at, id limit 1",
    [userId],
  );
  return rows[0]?.organization_id ?? null;
}
