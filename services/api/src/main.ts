import { boundHeap } from "@loudhailer/runtime/bound-heap.ts";

boundHeap({ newSpaceMb: 32 });
// Imported after the heap is bounded, because loading the service already grows the heap.
await import("./serve.ts");
