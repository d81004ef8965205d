/** Meta's template categories with their labels. */
export const categories: {
  value: "MARKETING" | "UTILITY" | "AUTHENTICATION";
  label: string;
}[] = [
  { value: "MARKETING", label: "Marketing" },
  { value: "UTILITY", label: "Utility" },
  { value: "AUTHENTICATION", label: "Authentication" },
];

export const statuses = [
  { value: "APPROVED", label: "Approved" },
  { value: "PENDING", label: "In review" },
  { value: "REJECTED", label: "Rejected" },
  { value: "PAUSED", label: "Paused" },
  { value: "DISABLED", label: "Disabled" },
];

export function categoryLabel(category: string): string {
  return categories.find(({ value }) => value === category)?.label ?? category.toLowerCase();
}

/** Returns what a status means for sending the template, and what to do; null if approved. */
export function statusAdvice(status: string): string | null {
  switch (status) {
    case "APPROVED":
      return null;
    case "PENDING":
    case "IN_APPEAL":
      return "Meta is reviewing it. That takes minutes, sometimes a day. Sync to see the result.";
    case "REJECTED":
      return "Meta has rejected it. Edit it by the reason below and hand it in again.";
    case "PAUSED":
      return "Meta has paused it because too many people blocked or reported it. It comes back by itself after some hours; rewrite it before that happens again.";
    case "DISABLED":
      return "Meta has disabled it for good because of its quality. Write a new one.";
    default:
      return "It can't be sent at the moment.";
  }
}

const rejections: Record<string, string> = {
  ABUSIVE_CONTENT: "Meta takes its content for abusive.",
  INCORRECT_CATEGORY: "It belongs to another category: choose the one that fits its content.",
  INVALID_FORMAT:
    "Its variables, examples or special characters are not in order. Look at braces, numbering and examples.",
  PROMOTIONAL: "It promotes something, which only the category Marketing may.",
  SCAM: "Meta takes it for a scam. Avoid asking for personal data and unknown short links.",
  TAG_CONTENT_MISMATCH: "Its language or category does not fit its content.",
  NON_TRANSIENT_ERROR: "Meta couldn't review it. Hand it in again.",
};

/** Returns advice on Meta's reason for a rejection; null if Meta gave none. */
export function rejectionAdvice(reason: string | null): string | null {
  if (reason === null || reason === "" || reason === "NONE") return null;
  return rejections[reason] ?? `Meta's reason: ${reason.toLowerCase().replaceAll("_", " ")}.`;
}

export const qualities: Record<string, string> = {
  GREEN: "High quality",
  YELLOW: "Medium quality",
  RED: "Low quality",
  UNKNOWN: "Not rated yet",
};
