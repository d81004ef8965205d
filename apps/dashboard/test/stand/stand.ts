import { z } from "zod";

/** What is used of a run's file. */
export const runSchema = z.object({
  dashboardUrl: z.string(),
  apiUrl: z.string(),
  simulatorUrl: z.string(),
});

/** What runs while the dashboard's tests do. */
export type Stand = z.infer<typeof runSchema> & {
  /** The path of a Chromium. */
  chromium: string;
  demo: Login;
};

/** Who signs in. */
export interface Login {
  email: string;
  password: string;
}
