import { request } from "node:http";

/** A container to start. It is ready once its log matches `readyLog.pattern` `times` times. */
interface ContainerRequest {
  image: string;
  port: number;
  environment?: Record<string, string>;
  command: string[];
  readyLog: { pattern: RegExp; times: number };
}

interface StartedContainer {
  host: string;
  port: number;
  stop(): Promise<void>;
}

/**
 * Starts a container and resolves when it is ready. Resolves to null if Docker doesn't answer or
 * can't start the container.
 */
export async function startContainer(wanted: ContainerRequest): Promise<StartedContainer | null> {
  if (!(await dockerAnswers())) return null;
  const { GenericContainer, Wait } = await import("testcontainers");
  try {
    const container = await new GenericContainer(wanted.image)
      .withExposedPorts(wanted.port)
      .withEnvironment(wanted.environment ?? {})
      .withCommand(wanted.command)
      .withWaitStrategy(Wait.forLogMessage(wanted.readyLog.pattern, wanted.readyLog.times))
      .start();
    return {
      host: container.getHost(),
      port: container.getMappedPort(wanted.port),
      stop: async () => {
        await container.stop();
      },
    };
  } catch {
    // The most common cause is an image that can't be pulled because no registry is reachable.
    return null;
  }
}

// Asks the daemon directly, since a Docker client may take long to report a missing daemon.
function dockerAnswers(): Promise<boolean> {
  const host = process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock";
  const address = new URL(host);
  const target =
    address.protocol === "unix:"
      ? { socketPath: address.pathname }
      : { host: address.hostname, port: address.port };
  return new Promise((resolve) => {
    const ping = request({ ...target, path: "/_ping", timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.once("timeout", () => ping.destroy());
    ping.once("error", () => resolve(false));
    ping.once("close", () => resolve(false));
    ping.end();
  });
}
