/** Whether a person can see the window. In: the page. Out: its visibility, as the state asks for it. */
import type { Visibility } from './state/pulse.ts';

/** The visibility of a browser's document. */
export function visibilityOf(page: Document): Visibility {
  return {
    visible: () => page.visibilityState !== 'hidden',
    onShown(listener) {
      const heard = (): void => {
        if (page.visibilityState !== 'hidden') listener();
      };
      page.addEventListener('visibilitychange', heard);
      return () => {
        page.removeEventListener('visibilitychange', heard);
      };
    },
  };
}
