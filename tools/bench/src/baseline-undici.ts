import { compileTemplate } from "@loudhailer/whatsapp/compile-template.ts";
import { Pool } from "undici";
import { accessToken, template, variables } from "./bench-broadcast.ts";

/**
 * Measures the ceiling: the same requests from a bare undici loop, without a queue or a database.
 * Returns messages per second.
 */
export async function undiciBaseline(
  simulatorUrl: string,
  phoneNumberId: string,
  messages: number,
): Promise<number> {
  const connections = 100;
  const pool = new Pool(simulatorUrl, { connections, pipelining: 1 });
  const compiled = compileTemplate(template, variables);
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let n = next++; n < messages; n = next++) {
        const response = await pool.request({
          path: `/v25.0/${phoneNumberId}/messages`,
          method: "POST",
          headers: { authorization: `Bearer ${accessToken}`, "content-type": "application/json" },
          body: compiled.render({
            to: `+1555${String(n).padStart(7, "0")}`,
            values: ["Ada", "Berlin"],
            callbackData: String(n),
          }),
        });
        if (response.statusCode !== 200) throw new Error(`Graph answered ${response.statusCode}`);
        await response.body.json();
      }
    }),
  );
  const perSecond = messages / ((performance.now() - startedAt) / 1_000);
  await pool.close();
  return perSecond;
}
