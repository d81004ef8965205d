import { installDebianPackage } from "./install-debian-package.ts";
import { findRedisServer } from "./redis-server.ts";

/**
 * Installs Debian's redis-server if this process runs as root, and returns the server's path.
 * @throws Error with instructions if no server can be installed
 */
export function installRedisServer(): string {
  installDebianPackage("redis-server");
  const program = findRedisServer();
  if (program) return program;
  throw new Error(
    "Redis is needed and none was found: install redis-server or valkey-server " +
      "(`apt-get install redis-server`, `brew install redis`), or set REDIS_URL.",
  );
}
