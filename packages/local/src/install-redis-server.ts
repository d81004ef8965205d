import { installDebianPackage } from "./install-debian-package.ts";
import { findRedisServer } from "./redis-server.ts";

/**
 * Installs Debian's redis-server where we are root, and returns its path.
 * @throws Error that names the remedy where that cannot be done
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
