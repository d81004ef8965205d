import { PerformanceObserver } from "node:perf_hooks";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const mb = 1024 * 1024;

/**
 * Keeps the heap near what lives in it, for a service that must stay small under load: V8 lets
 * short-lived objects alone take 128 MB otherwise. Call it before the rest is loaded, since loading grows
 * the heap too. Measured on the webhook service, 100 statuses a POST: 335 MB at most without it.
 * A new space that can't grow at all costs half as much CPU again, so it may, up to 8 MB; for what
 * makes many objects that live a little longer, such as an import's rows, 32 MB cost a tenth less than 8.
 *
 * The flags are V8's own, which it reads whenever a space would grow:
 * https://nodejs.org/api/v8.html#v8setflagsfromstringflags
 */
export function boundHeap({ newSpaceMb = 8 } = {}): void {
  setFlagsFromString("--heap-growing-percent=20");
  setFlagsFromString("--semi-space-growth-factor=1");
  const boundNewSpace = () => {
    const newSpace = getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
    const mayGrow = (newSpace?.space_size ?? 0) < newSpaceMb * mb;
    setFlagsFromString(`--semi-space-growth-factor=${mayGrow ? 2 : 1}`);
  };
  new PerformanceObserver(boundNewSpace).observe({ entryTypes: ["gc"] });
}

/**
 * Lets go of buffers that nothing holds any more, in about a millisecond: by itself V8 lets 64 MB of
 * them pile up, since they lie outside of its heap. For after many bytes have been read.
 */
export function collectBuffers(): void {
  collectYoung ??= exposeCollector();
  collectYoung({ type: "minor" });
}

type Collect = (options: { type: "minor" }) => void;
let collectYoung: Collect | undefined;

function exposeCollector(): Collect {
  setFlagsFromString("--expose-gc");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- V8's own function
  return runInNewContext("gc") as Collect;
}
