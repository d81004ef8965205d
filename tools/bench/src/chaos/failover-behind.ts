import { setTimeout as wait } from "node:timers/promises";
import type { ChaosScenario } from "../chaos-scenario.ts";
import { expectReady } from "../expect-ready.ts";
import { someUnknown } from "./allowed.ts";

const lagMs = 1_200;
const lagAfterMs = 3_000;
const killAfterMs = 5_000;
/** Time until a failover manager has found out that the primary is gone. */
const noticeMs = 2_000;

/**
 * The primary is killed and a replica that is 1.2 s behind takes its place. Statuses that were
 * acknowledged in that time are lost with the primary, so rows may stay at `sent`.
 */
export const failoverBehind: ChaosScenario = {
  name: "failover-behind",
  seconds: 15,
  allowed: someUnknown,
  front: "standby",
  async disturb(disturbed) {
    const { standby, proxy, stores } = disturbed.stack;
    if (!standby || !proxy) throw new Error("this scenario needs a standby and a proxy");
    await wait(lagAfterMs);
    standby.stream.delay(lagMs);
    await wait(killAfterMs);
    standby.stream.discard();
    await stores.postgres.crash();
    await wait(noticeMs);
    await standby.promote();
    proxy.switchTo(standby.port);
    await expectReady(disturbed, true, ["api", "webhook", "dispatcher"]);
  },
};
