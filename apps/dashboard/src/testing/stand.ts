import { z } from "zod";

/** Fields of a run's file that the tests use. */
export const runSchema = z.object({
  dashboardUrl: z.string(),
  apiUrl: z.string(),
  simulatorUrl: z.string(),
});

/** Environment of the dashboard's tests. */
export type Stand = z.infer<typeof runSchema> & {
  /** Path of a Chromium. */
  chromium: string;
  demo: Login;
};

/** Email and password of an account. */
export interface Login {
  email: string;
  password: string;
}
