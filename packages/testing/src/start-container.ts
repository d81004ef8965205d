import { request } from "node:http";

/** A container to start: readiness is told by a line of its log that appears `times` times. */
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

/** Starts a container and resolves when it is ready; null where Docker does not answer or cannot. */
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
    // No image to be had is the common case on a machine without a registry.
    return null;
  }
}

// Asked directly: a Docker client without a daemon may wait long before it says so.
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
