import type { createPool } from "@loudhailer/db/create-pool.ts";
import { betterAuth, type BetterAuthOptions } from "better-auth";
import { isAPIError } from "better-auth/api";
import { organization } from "better-auth/plugins";
import type { Mailer } from "./create-mailer.ts";
import { invitationMail, passwordResetMail } from "./mails.ts";
import { organizationAccess, organizationRoles } from "./organization-roles.ts";

type Pool = ReturnType<typeof createPool>;

export interface AuthOptions {
  /** On the role loudhailer_auth. */
  pool: Pool;
  /** Signs the cookies: AUTH_SECRET. */
  secret: string;
  /** Where browsers find the application: PUBLIC_URL. https makes the cookies Secure. */
  publicUrl: string;
  /** Fixed sentences of Better Auth, without its arguments: those can hold e-mail addresses. */
  log(level: "info" | "warn" | "error" | "debug", sentence: string): void;
  mailer: Mailer;
  /** What broke while Better Auth answered 500; refusals (4xx) are not reported. */
  onFailure(error: unknown): void;
}

/** The header that carries the client's address to Better Auth; set by us, never the client's. */
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

const organizationsOf = ({ mailer, publicUrl }: AuthOptions) =>
  organization({
    ac: organizationAccess,
    roles: organizationRoles,
    invitationExpiresIn: invitationSecondsMax,
    cancelPendingInvitationsOnReInvite: true,
    // The link is the proof: it is sent to the address, or handed over by whoever invites.
    requireEmailVerificationOnInvitation: false,
    sendInvitationEmail: ({ id, email, organization: { name } }) =>
      mailer.send(invitationMail(email, name, `${publicUrl}/accept-invitation?id=${id}`)),
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
 * Better Auth (e-mail and password, organizations) on the tables of migration 0001. A new session
 * starts in the organization that its user joined first, so that signing in is enough to work.
 */
export function createAuth(options: AuthOptions) {
  const { pool, secret, publicUrl, log, mailer, onFailure } = options;
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
    // In the database, so that all replicas count together. By client and route.
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
      // Better Auth leaves both checks out where NODE_ENV or TEST says so.
      disableCSRFCheck: false,
      disableOriginCheck: false,
      useSecureCookies: publicUrl.startsWith("https:"),
      cookiePrefix: "loudhailer",
    },
    logger: { level: "warn", log: (level, sentence) => log(level, sentence) },
    onAPIError: {
      onError: (error) => {
        if (!isAPIError(error) || error.statusCode >= 500) onFailure(error);
      },
    },
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

async function firstOrganizationOf(pool: Pool, userId: string): Promise<string | null> {
  const { rows } = await pool.query<{ organization_id: string }>(
    "select organization_id from members where user_id = $1 order by created_at, id limit 1",
    [userId],
  );
  return rows[0]?.organization_id ?? null;
}
