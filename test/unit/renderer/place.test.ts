/** Where the person is, kept for a page that is loaded again. */
import { describe, expect, it } from 'vitest';
import { type AddressOfPage, placeKeeperOf } from '../../../renderer/place-keeper.ts';
import { Place } from '../../../renderer/state/place.svelte.ts';

/** A page's address, and what it is replaced by. */
function pageAt(address: string): { window: AddressOfPage; address: () => string } {
  let url = new URL(address);
  const location = {
    get hash() {
      return url.hash;
    },
    get pathname() {
      return url.pathname;
    },
  };
  const history = {
    replaceState(_: null, __: string, to: string) {
      url = new URL(to, url);
    },
  };
  return { window: { location, history }, address: () => url.href };
}

const INDEX = 'app://cairn/index.html';

describe('a place', () => {
  it('is there again when the page is loaded again, with tab and file', () => {
    const page = pageAt(INDEX);
    const place = new Place(placeKeeperOf(page.window));
    place.folder('Büro & more', 'queue', '2026/ein Brief#1.txt');
    expect(new Place(placeKeeperOf(page.window)).spot).toEqual(place.spot);
    place.activity();
    expect(new Place(placeKeeperOf(page.window)).spot).toEqual({ kind: 'activity' });
    place.overview();
    expect(page.address()).toBe(INDEX);
  });

  it('is not lost to the steps of adding a folder, which begin anew', () => {
    const page = pageAt(INDEX);
    const place = new Place(placeKeeperOf(page.window));
    place.folder('Notes');
    place.add();
    expect(new Place(placeKeeperOf(page.window)).spot).toMatchObject({ kind: 'folder', folder: 'Notes' });
  });

  it.each([
    '#',
    '#nonsense',
    '#%',
    '#null',
    '#7',
    '#{"kind":"add"}',
    '#{"kind":"folder","folder":7}',
    '#{"kind":"elsewhere"}',
  ])('that was kept as %s is the overview', (hash) => {
    expect(new Place(placeKeeperOf(pageAt(INDEX + hash).window)).spot).toEqual({ kind: 'overview' });
  });

  it('with a tab that there is not shows the files', () => {
    const hash = '#{"kind":"folder","folder":"Notes","tab":"nothing","path":7}';
    const kept = new Place(placeKeeperOf(pageAt(INDEX + hash).window)).spot;
    expect(kept).toEqual({ kind: 'folder', folder: 'Notes', tab: 'files', path: null });
  });
});
