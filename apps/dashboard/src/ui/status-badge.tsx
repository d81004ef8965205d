import { Badge } from "@mantine/core";

/** Color and label by the status of a broadcast, recipient, template or number. */
const states: Record<string, { color: string; label: string }> = {
  draft: { color: "gray", label: "Draft" },
  scheduled: { color: "blue", label: "Scheduled" },
  preparing: { color: "blue", label: "Preparing" },
  sending: { color: "brand", label: "Sending" },
  paused: { color: "yellow", label: "Paused" },
  completed: { color: "green", label: "Completed" },
  canceled: { color: "gray", label: "Canceled" },
  failed: { color: "red", label: "Failed" },
  pending: { color: "gray", label: "Waiting" },
  sent: { color: "blue", label: "Sent" },
  delivered: { color: "teal", label: "Delivered" },
  read: { color: "green", label: "Read" },
  unknown: { color: "orange", label: "Not confirmed" },
  skipped: { color: "gray", label: "Skipped" },
  connected: { color: "green", label: "Connected" },
  disconnected: { color: "red", label: "Disconnected" },
  APPROVED: { color: "green", label: "Approved" },
  PENDING: { color: "yellow", label: "In review" },
  REJECTED: { color: "red", label: "Rejected" },
  PAUSED: { color: "orange", label: "Paused" },
  DISABLED: { color: "red", label: "Disabled" },
  GREEN: { color: "green", label: "High quality" },
  YELLOW: { color: "yellow", label: "Medium quality" },
  RED: { color: "red", label: "Low quality" },
};

export function StatusBadge({ status, label }: { status: string; label?: string }) {
  const state = states[status] ?? { color: "gray", label: readableLabel(status) };
  return (
    <Badge
      color={state.color}
      variant="light"
      tt="none"
      style={{ flexShrink: 0 }}
      miw="max-content"
    >
      {label ?? state.label}
    </Badge>
  );
}

// Meta adds statuses; none of them may look like code.
function readableLabel(status: string): string {
  const words = status.toLowerCase().replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
