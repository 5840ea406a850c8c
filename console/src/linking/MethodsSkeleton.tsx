import { Skeleton } from 'tdesign-react/es/skeleton';

const ROWS = ['46px', '49px', '49px', '49px'].map((height) => ({ width: '100%', height }));

/** The table of methods before there is an account. */
export function MethodsSkeleton() {
  return (
    <div aria-hidden>
      <Skeleton animation="gradient" rowCol={ROWS} className="skeleton-rows" />
    </div>
  );
}
