import "server-only";

/** Where the API is, seen from this server. */
export const apiUrl = process.env["API_URL"] ?? "http://127.0.0.1:4000";

/** Where browsers find the application; the API knows sessions' requests by it. */
export const publicUrl = process.env["PUBLIC_URL"] ?? apiUrl;

/** The demo's login, of local runs only. */
export function demoLogin(): { email: string; password: string } | null {
  const email = process.env["DEMO_LOGIN_EMAIL"];
  const password = process.env["DEMO_LOGIN_PASSWORD"];
  return email && password ? { email, password } : null;
}
