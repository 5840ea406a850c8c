import type { Notice as UndoStory } from '../../../client/src/contract.ts';
import { Facts } from '../components/Facts.tsx';
import type { ParseDevice } from '../devices/load.ts';
import { topicOf } from '../notices/topic.ts';
import { useWords } from '../texts/words.tsx';

export interface StoryProps {
  readonly story: UndoStory;
  readonly parseDevice: ParseDevice;
}

/** What happened, and what is known of it. */
export function Story({ story, parseDevice }: StoryProps) {
  const { t, inlineName } = useWords();
  return (
    <>
      <p className="undo__story">{t(`told.${topicOf(story)}`, { provider: inlineName(story.provider) })}</p>
      <Facts of={story} parseDevice={parseDevice} />
    </>
  );
}
