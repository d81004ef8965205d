import { randomBytes, randomUUID } from "node:crypto";
import { inject } from "vitest";
import type { Login } from "./stand.ts";

/** Signed-in account that calls the API as the pages do. */
export type Session = Login & {
  cookie: string;
  /**
   * Calls the API and returns the response's JSON.
   * @throws Error with the response if its status isn't a success
   */
  call<T>(method: string, path: string, body?: object | FormData): Promise<T>;
};

const stand = inject("stand");

// Sign-ins are rate limited by client address, so each session uses its own.
function randomAddress(): string {
  const [a, b, c] = randomBytes(3);
  return `10.${a}.${b}.${c}`;
}

/** Signs in with an existing account. */
export function signIn(login: Login): Promise<Session> {
  return openSession("/api/auth/sign-in/email", login, login);
}

/** Creates a new account without an organization. */
function signUp(name = "Ada Lovelace"): Promise<Session> {
  const login = { email: `${randomUUID()}@example.com`, password: "correct horse battery" };
  return openSession("/api/auth/sign-up/email", { name, ...login }, login);
}

/** Creates an account and an organization that it owns. */
export async function createOwner(organization = "Kiosk & Co"): Promise<Session> {
  const session = await signUp();
  const { id } = await session.call<{ id: string }>("POST", "/api/auth/organization/create", {
    name: organization,
    slug: randomUUID(),
  });
  await session.call("POST", "/api/auth/organization/set-active", { organizationId: id });
  return session;
}

/** Creates an account with this role in the active organization of `owner`. */
export async function addMember(owner: Session, role: string): Promise<Session> {
  const member = await signUp("Grace Hopper");
  const { id } = await owner.call<{ id: string }>("POST", "/api/auth/organization/invite-member", {
    email: member.email,
    role,
  });
  await member.call("POST", "/api/auth/organization/accept-invitation", { invitationId: id });
  return member;
}

async function openSession(path: string, body: object, login: Login): Promise<Session> {
  const address = randomAddress();
  const answer = await request(address, "", "POST", path, body);
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(";")[0] ?? "")
    .join("; ");
  return {
    ...login,
    cookie,
    call: async (method, target, content) => {
      const response = await request(address, cookie, method, target, content);
      const text = await response.text();
      return text === "" ? undefined : JSON.parse(text);
    },
  };
}

async function request(
  address: string,
  cookie: string,
  method: string,
  path: string,
  body?: object | FormData,
): Promise<Response> {
  const isForm = body instanceof FormData;
  const answer = await fetch(stand.dashboardUrl + path, {
    method,
    headers: {
      origin: stand.dashboardUrl,
      cookie,
      "x-forwarded-for": address,
      ...(body && !isForm && { "content-type": "application/json" }),
    },
    ...(body && { body: isForm ? body : JSON.stringify(body) }),
  });
  if (answer.ok) return answer;
  throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
}
