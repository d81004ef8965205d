import type { Broadcast } from "@/api/types.ts";
import { percentDone } from "./counts.ts";
import styles from "./progress-bar.module.css";

/** Shows a broadcast's progress: messages that Meta accepted, then all other outcomes. */
export function ProgressBar({
  broadcast,
  large = false,
}: {
  broadcast: Broadcast;
  large?: boolean;
}) {
  const { totalRecipients, successfulSends, status, name } = broadcast;
  const sent = totalRecipients === 0 ? 0 : (successfulSends / totalRecipients) * 100;
  const done = percentDone(broadcast);
  return (
    <div
      className={styles["bar"]}
      data-large={large || undefined}
      data-status={status}
      role="progressbar"
      aria-label={`Progress of ${name}`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(done)}
    >
      <div className={styles["sent"]} style={{ width: `${sent}%` }} />
      <div className={styles["unsent"]} style={{ width: `${Math.max(0, done - sent)}%` }} />
    </div>
  );
}
