import { StartError } from "./start-error.ts";

/** A Fastify instance with any type parameters. */
interface Listener {
  listen(options: { host: string; port: number }): Promise<string>;
}

export interface ListenOptions {
  host: string;
  port: number;
  /** Name of the environment variable that sets the port, for the error message. */
  portVariable: string;
}

/**
 * Starts listening and returns the address.
 * @throws StartError if the port is in use or not allowed for this user
 */
export async function listen(app: Listener, options: ListenOptions): Promise<string> {
  const { host, port, portVariable } = options;
  try {
    return await app.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EADDRINUSE") {
      throw new StartError(
        `Port ${port} is in use by another program. Stop it, or set ${portVariable} to a free port.`,
        { cause: error },
      );
    }
    if (code === "EACCES") {
      throw new StartError(
        `This user may not listen on port ${port}. Set ${portVariable} to a port above 1023.`,
        { cause: error },
      );
    }
    throw error;
  }
}
