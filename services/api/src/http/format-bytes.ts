const units = [
  ["GB", 1024 ** 3],
  ["MB", 1024 ** 2],
  ["KB", 1024],
] as const;

/** Formats a limit exactly, in the largest unit that divides it: "1 GB", else "50000 bytes". */
export function formatBytes(bytes: number): string {
  const unit = units.find(([, size]) => bytes >= size && bytes % size === 0);
  return unit === undefined ? `${bytes} bytes` : `${bytes / unit[1]} ${unit[0]}`;
}
