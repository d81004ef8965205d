import { readdirSync, readFileSync } from "node:fs";

/** The kernel counts CPU time in hundredths of a second (USER_HZ), on every Linux there is. */
const ticksPerSecond = 100;

interface Stat {
  parent: number;
  /** Of the process and of those children that have ended, in ticks. */
  ticks: number;
}

/** Null for a process that is gone, and where there is no /proc. */
function readStat(pid: number): Stat | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // "PID (name, may hold anything) STATE PPID …": see proc_pid_stat(5).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return { parent: Number(fields[1]), ticks };
  } catch {
    return null;
  }
}

/** CPU seconds so far of a process and its children, the ended ones too; 0 where that can't be read. */
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

/** Resident memory in MB; 0 where that can't be read. */
export function residentMb(pid: number): number {
  return readMb(pid, "VmRSS");
}

/** The most resident memory in MB that the process has had so far; 0 where that can't be read. */
export function residentMbMax(pid: number): number {
  return readMb(pid, "VmHWM");
}

function readMb(pid: number, field: string): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const [, kilobytes] = new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(status) ?? [];
    return Math.round(Number(kilobytes) / 1_024);
  } catch {
    return 0;
  }
}
