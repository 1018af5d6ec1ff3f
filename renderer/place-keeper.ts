/** Keeps the place in the page's own address, behind its `#`. In: the window. Out: a keeper; a new window knows nothing. */
import type { PlaceKeeper } from './state/place.svelte.ts';

/** What is needed of a page's window. */
export interface AddressOfPage {
  readonly location: { readonly hash: string; readonly pathname: string };
  readonly history: { replaceState(data: null, unused: string, address: string): void };
}

export function placeKeeperOf({ location, history }: AddressOfPage): PlaceKeeper {
  return {
    read() {
      try {
        return JSON.parse(decodeURIComponent(location.hash.slice(1))) as unknown;
      } catch {
        return null;
      }
    },
    write(spot) {
      const kept = spot.kind === 'overview' ? '' : `#${encodeURIComponent(JSON.stringify(spot))}`;
      history.replaceState(null, '', `${location.pathname}${kept}`);
    },
  };
}
