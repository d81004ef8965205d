import { boundHeap } from "@loudhailer/runtime/bound-heap.ts";

boundHeap({ newSpaceMb: 32 });
// Only then the rest: loading it would already grow the heap.
await import("./serve.ts");
