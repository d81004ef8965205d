"use client";
import { browserApi, send } from "@/api/browser.ts";
import type { Answer, PatchBody } from "@/api/types.ts";
import { useAction } from "@/api/use-action.ts";
import { Card } from "@/ui/card.tsx";
import { Problem } from "@/ui/problem.tsx";
import { Button, Group, Stack, Switch, TagsInput, Text } from "@mantine/core";
import { useState } from "react";
import { MissedSchedules } from "./missed-schedules.tsx";

type Settings = Answer<"/v1/settings">;
type Changes = PatchBody<"/v1/settings">;

/**
 * Edits the opt-out and opt-in keywords, whether low quality pauses marketing broadcasts, and how
 * late a scheduled broadcast may leave.
 */
export function SettingsForm({ settings, mayChange }: { settings: Settings; mayChange: boolean }) {
  const [stopWords, setStopWords] = useState(settings.stopWords);
  const [startWords, setStartWords] = useState(settings.startWords);
  const { run, isPending, error } = useAction();
  const save = (changes: Changes) =>
    run(() => send(browserApi.PATCH("/v1/settings", { body: changes })), {
      quiet: true,
      done: "Saved",
    });
  async function takeDefaults(): Promise<void> {
    const saved = await save({ stopWords: null, startWords: null });
    if (saved === null) return;
    setStopWords(saved.stopWords);
    setStartWords(saved.startWords);
  }
  return (
    <Stack>
      <Card title="Stop and start words" mb="md">
        <Stack>
          <Text size="sm" c="dimmed">
            Somebody who writes one of these and nothing else gets no more messages, or gets them
            again. Upper and lower case are the same.
          </Text>
          <TagsInput
            label="Stop words"
            value={stopWords}
            onChange={setStopWords}
            readOnly={!mayChange}
            maxTags={200}
            acceptValueOnBlur
            error={error?.fields["stopWords"]}
          />
          <TagsInput
            label="Start words"
            value={startWords}
            onChange={setStartWords}
            readOnly={!mayChange}
            maxTags={200}
            acceptValueOnBlur
            error={error?.fields["startWords"]}
          />
          {error && <Problem message={error.message} />}
          {mayChange && (
            <Group justify="flex-end">
              <Button variant="default" disabled={isPending} onClick={() => void takeDefaults()}>
                Back to the usual words
              </Button>
              <Button loading={isPending} onClick={() => void save({ stopWords, startWords })}>
                Save the words
              </Button>
            </Group>
          )}
        </Stack>
      </Card>
      <Card title="Low quality" mb="md">
        <Switch
          label="Pause marketing broadcasts when Meta rates their number as low quality"
          description="Many people block or report your messages then. Going on can cost you the number."
          defaultChecked={settings.pauseMarketingOnRedQuality}
          disabled={!mayChange || isPending}
          onChange={(event) =>
            void save({ pauseMarketingOnRedQuality: event.currentTarget.checked })
          }
        />
      </Card>
      <MissedSchedules settings={settings} mayChange={mayChange} />
      {!mayChange && (
        <Text size="sm" c="dimmed">
          Owners and admins can change these.
        </Text>
      )}
    </Stack>
  );
}
