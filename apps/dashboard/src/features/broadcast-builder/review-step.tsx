"use client";
import { browserApi, send } from "@/api/browser.ts";
import type { Broadcast, Preflight } from "@/api/types.ts";
import { errorMessage, useLoaded } from "@/api/use-loaded.ts";
import { useMay } from "@/shell/rights.tsx";
import { Problem } from "@/ui/problem.tsx";
import { TextLink } from "@/ui/text-link.tsx";
import { Alert, Box, Grid, GridCol, List, ListItem, Skeleton, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useState } from "react";
import { BuilderFrame } from "./builder-frame.tsx";
import { ContentPreview } from "./content-preview.tsx";
import { PreflightFigures } from "./preflight-figures.tsx";
import { useSchedule } from "./schedule.ts";
import { SendConfirmation } from "./send-confirmation.tsx";
import { stepOfProblem } from "./steps.ts";
import { TestSend } from "./test-send.tsx";
import { useDraft } from "./use-draft.ts";

/** Shows the check's result, sends a test message, and asks for the final confirmation. */
export function ReviewStep({
  broadcast,
  audience,
}: {
  broadcast: Broadcast;
  /** Description of the audience. */
  audience: string;
}) {
  const maySend = useMay("write");
  const { schedule } = useSchedule(broadcast.id);
  const draft = useDraft(broadcast.id, {}, false);
  const { preflight, problem, reload } = usePreflight(broadcast.id);
  const [index, setIndex] = useState(0);
  const sample = preflight?.samples[index];
  return (
    <BuilderFrame step="review" broadcast={broadcast} {...draft} hint={null}>
      <Grid gap="lg">
        <GridCol span={{ base: 12, md: 7 }}>
          <Stack>
            {problem && <Problem message={problem} onRetry={reload} />}
            {preflight === null && !problem && <Skeleton height={280} />}
            {preflight && (
              <>
                <Problems broadcastId={broadcast.id} preflight={preflight} />
                <PreflightFigures
                  preflight={preflight}
                  broadcast={broadcast}
                  audience={audience}
                  schedule={schedule}
                />
                {maySend && preflight.canLaunch && <TestSend broadcastId={broadcast.id} />}
                {maySend ? (
                  <SendConfirmation
                    broadcast={broadcast}
                    preflight={preflight}
                    schedule={schedule}
                    onRefused={reload}
                  />
                ) : (
                  <Text>
                    Your role doesn&apos;t let you send it. Ask a marketer, admin or owner.
                  </Text>
                )}
              </>
            )}
          </Stack>
        </GridCol>
        <GridCol span={{ base: 12, md: 5 }}>
          <Box pos="sticky" top={72}>
            <ContentPreview
              message={sample?.preview ?? null}
              people={(preflight?.samples ?? []).map(({ contactId, name }) => ({
                id: contactId,
                name: name ?? "Without a name",
                phone: null,
              }))}
              index={index}
              setIndex={setIndex}
            />
          </Box>
        </GridCol>
      </Grid>
    </BuilderFrame>
  );
}

function Problems({ broadcastId, preflight }: { broadcastId: string; preflight: Preflight }) {
  const { problems, warnings } = preflight;
  return (
    <>
      {problems.length > 0 && (
        <Alert color="red" icon={<IconAlertTriangle />} title="It can't be sent yet" role="alert">
          <List size="sm" spacing={4}>
            {problems.map(({ path, message }) => (
              <ListItem key={`${path} ${message}`}>
                {message}{" "}
                <TextLink
                  href={`/broadcasts/${broadcastId}/edit/${stepOfProblem(path)}`}
                  size="sm"
                  underline="always"
                >
                  Mend it
                </TextLink>
              </ListItem>
            ))}
          </List>
        </Alert>
      )}
      {warnings.map(({ code, message }) => (
        <Alert key={code} color="yellow" icon={<IconAlertTriangle />} role="status">
          {message}
        </Alert>
      ))}
    </>
  );
}

function usePreflight(id: string) {
  const { data, error, isLoading, reload } = useLoaded((signal) => {
    const request = { params: { path: { id } }, signal };
    return send(browserApi.POST("/v1/broadcasts/{id}/preflight", request));
  }, id);
  const problem =
    error === null || isLoading ? null : errorMessage(error, "It can't be checked now.");
  return { preflight: data, problem, reload };
}
