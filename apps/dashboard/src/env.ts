import "server-only";

/** URL of the API, as this server reaches it. */
export const apiUrl = process.env["API_URL"] ?? "http://127.0.0.1:4000";

/** URL of the dashboard in browsers. The API accepts session requests from its origin. */
export const publicUrl = process.env["PUBLIC_URL"] ?? apiUrl;

/** Returns the login of the demo organization; null outside of local runs. */
export function demoLogin(): { email: string; password: string } | null {
  const email = process.env["DEMO_LOGIN_EMAIL"];
  const password = process.env["DEMO_LOGIN_PASSWORD"];
  return email && password ? { email, password } : null;
}
