import { StatusBadge } from "./status-badge.tsx";

/** Shows a number's or template's quality as Meta rates it; nothing if Meta hasn't rated it. */
export function QualityBadge({ rating }: { rating: string | null }) {
  return rating === null || rating === "UNKNOWN" ? null : <StatusBadge status={rating} />;
}
