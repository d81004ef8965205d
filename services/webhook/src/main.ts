import { boundHeap } from "@loudhailer/runtime/bound-heap.ts";

boundHeap();
// Only then the rest: loading it would already grow the heap.
await import("./serve.ts");
