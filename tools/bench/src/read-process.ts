import { readdirSync } from "node:fs";
import { readIfThere } from "@loudhailer/local/read-if-there.ts";

/** Ticks per second of the kernel's CPU times (USER_HZ), on Linux for x64 and arm64. */
const ticksPerSecond = 100;

interface Stat {
  parent: number;
  /** CPU time of the process and of its children that have ended, in ticks. */
  ticks: number;
}

/** Returns null if the process has ended or the system has no /proc. */
function readStat(pid: number): Stat | null {
  const stat = readIfThere(`/proc/${pid}/stat`);
  if (stat === "") return null;
  // "PID (name with any characters) STATE PPID …": see proc_pid_stat(5).
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { parent: Number(fields[1]), ticks };
}

/**
 * Returns the CPU seconds so far of a process and its children, including ended ones, or 0 if they
 * can't be read.
 */
export function cpuSeconds(pid: number): number {
  const own = readStat(pid);
  if (!own) return 0;
  let { ticks } = own;
  for (const entry of readdirSync("/proc")) {
    const stat = /^\d+$/.test(entry) ? readStat(Number(entry)) : null;
    if (stat?.parent === pid) ticks += stat.ticks;
  }
  return ticks / ticksPerSecond;
}

/** Returns the resident memory in MB, or 0 if it can't be read. */
export function residentMb(pid: number): number {
  return readMb(pid, "VmRSS");
}

/** Returns the highest resident memory so far in MB, or 0 if it can't be read. */
export function residentMbMax(pid: number): number {
  return readMb(pid, "VmHWM");
}

function readMb(pid: number, field: string): number {
  const status = readIfThere(`/proc/${pid}/status`);
  const [, kilobytes = "0"] = new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(status) ?? [];
  return Math.round(Number(kilobytes) / 1_024);
}
