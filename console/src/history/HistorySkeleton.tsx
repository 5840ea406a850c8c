import { Skeleton } from 'tdesign-react/es/skeleton';

const ROWS = ['46px', '52px', '52px', '52px', '52px', '52px'].map((height) => ({ width: '100%', height }));

/** The list of events before there is one. */
export function HistorySkeleton() {
  return (
    <div aria-hidden>
      <Skeleton animation="gradient" rowCol={ROWS} className="skeleton-rows" />
    </div>
  );
}
