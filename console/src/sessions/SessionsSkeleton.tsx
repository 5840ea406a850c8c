import { Skeleton } from 'tdesign-react/es/skeleton';

const ROWS = ['46px', '52px'].map((height) => ({ width: '100%', height }));

/** The list of devices before there is one: it has one at least. */
export function SessionsSkeleton() {
  return (
    <div aria-hidden>
      <Skeleton animation="gradient" rowCol={ROWS} className="skeleton-rows" />
    </div>
  );
}
