import { FilterSelect } from "@/ui/filter-select.tsx";
import { broadcastStatuses } from "./statuses.ts";

export function StatusFilter() {
  return <FilterSelect name="status" label="State" any="Any state" options={broadcastStatuses} />;
}
