import { spawn, type ChildProcess } from "node:child_process";
import { Socket } from "node:net";

// A shell of its own session that outlives us by a moment: when its stdin closes without every
// process having been released (we were SIGKILLed), it ends them, newest first. A shell, since
// a second Node would cost 40 MB; its own session, since Ctrl-C must not reach it.
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

function tellGuard(line: string): void {
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
 * Makes sure that process `pid` ends when this process ends without having released it, however it
 * ends: it then gets `signal`, and SIGKILL 5 s later. Guarded processes are ended newest first.
 */
export function guardProcess(pid: number, signal: NodeJS.Signals): void {
  tellGuard(`+ ${pid} ${signal.slice("SIG".length)}`);
}

/** Takes back `guardProcess`: call it when the process is gone, since its id may be used again. */
export function releaseProcess(pid: number): void {
  tellGuard(`- ${pid}`);
}
