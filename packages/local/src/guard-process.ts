import { spawn, type ChildProcess } from "node:child_process";
import { Socket } from "node:net";

// A shell in its own session that briefly outlives this process. If its stdin closes before every
// process is released (this process was SIGKILLed), the shell stops them, newest first. It is a
// shell because a second Node would cost 40 MB. It has its own session so that Ctrl-C doesn't
// reach it.
const guardScript = `
list=""
while read -r word pid signal; do
  case $word in
    +) list="$pid:$signal $list" ;;
    -) kept=""
       for entry in $list; do [ "\${entry%%:*}" = "$pid" ] || kept="$kept $entry"; done
       list=$kept ;;
  esac
done
for entry in $list; do
  pid=\${entry%%:*}
  kill -s "\${entry#*:}" "$pid" 2>/dev/null || continue
  tries=0
  while kill -0 "$pid" 2>/dev/null; do
    tries=$((tries + 1))
    [ "$tries" -gt 50 ] && { kill -s KILL "$pid" 2>/dev/null; break; }
    sleep 0.1
  done
done
`;

let guard: ChildProcess | undefined;

function sendToGuard(line: string): void {
  if (!guard) {
    guard = spawn("/bin/sh", ["-c", guardScript], {
      detached: true,
      cwd: "/",
      stdio: ["pipe", "ignore", "ignore"],
    });
    guard.on("error", () => {});
    guard.stdin?.on("error", () => {});
    guard.unref();
    if (guard.stdin instanceof Socket) guard.stdin.unref();
  }
  guard.stdin?.write(`${line}\n`);
}

/**
 * Stops process `pid` if this process exits, for any reason, without releasing it. Sends `signal`,
 * then SIGKILL after 5 s. Guarded processes are stopped newest first.
 */
export function guardProcess(pid: number, signal: NodeJS.Signals): void {
  sendToGuard(`+ ${pid} ${signal.slice("SIG".length)}`);
}

/** Undoes `guardProcess`. Call it when the process is gone, since its id may be reused. */
export function releaseProcess(pid: number): void {
  sendToGuard(`- ${pid}`);
}
