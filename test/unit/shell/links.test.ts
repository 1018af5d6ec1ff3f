/** Links from anywhere: which places they lead to, that no text leads elsewhere, and when they are followed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failure } from '../../../main/contract/errors.ts';
import type { Events } from '../../../main/contract/events.ts';
import { parseRelPath } from '../../../main/contract/names.ts';
import { failed, success } from '../../../main/contract/result.ts';
import { FollowLinks } from '../../../main/shell/follow-links.ts';
import { isLink, readLink, type ReadLink } from '../../../main/shell/links.ts';
import { readSwitches } from '../../../main/shell/switches.ts';

describe('a link', () => {
  it.each<[string, Events['show']]>([
    ['cairn://settings', { settings: true }],
    ['CAIRN://settings/', { settings: true }],
    ['cairn://folder/Thesis', { folder: 'Thesis' }],
    ['cairn://folder/My%20photos%3F/', { folder: 'My photos?' }],
    ['cairn://versions/Thesis', { folder: 'Thesis', tab: 'versions' }],
    ['cairn://versions/Thesis/chapters/04%20%C3%BCber%20%23.tex', { folder: 'Thesis', path: 'chapters/04 über #.tex' }],
    ['cairn://versions/Thesis/ü.txt', { folder: 'Thesis', path: 'ü.txt' }],
  ])('%s leads to its place', (text, place) => {
    expect(readLink(text)).toEqual({ place });
  });

  it.each<[string, unknown, string]>([
    ['no text', 7, 'link-not-ours'],
    ['nothing', '', 'link-not-ours'],
    ['of another scheme', 'https://folder/Thesis', 'link-not-ours'],
    ['without a place', 'cairn://', 'link-malformed'],
    ['with a port', 'cairn://folder:80/Thesis', 'link-malformed'],
    ['with a person', 'cairn://me@folder/Thesis', 'link-malformed'],
    ['with a query', 'cairn://folder/Thesis?pause', 'link-malformed'],
    ['with a fragment', 'cairn://folder/Thesis#x', 'link-malformed'],
    ['with a broken escape', 'cairn://folder/%E0%A4%A', 'link-malformed'],
    ['to something to do', 'cairn://remove/Thesis', 'link-unknown-place'],
    ['to a place in capitals', 'cairn://FOLDER/Thesis', 'link-unknown-place'],
    ['to a name of the language', 'cairn://constructor/x', 'link-unknown-place'],
    ['to no folder', 'cairn://folder/', 'link-bad-name'],
    ['to a folder within one', 'cairn://folder/Thesis/x', 'link-malformed'],
    ['to a part of the settings', 'cairn://settings/ring', 'link-malformed'],
    ['above the folder', 'cairn://versions/Thesis/../../etc/passwd', 'link-bad-name'],
    ['above the folder, written otherwise', 'cairn://versions/Thesis/%2e%2e/x', 'link-bad-name'],
    ['with a slash in a name', 'cairn://versions/Thesis/..%2Fx', 'link-malformed'],
    ['with the slash of Windows', 'cairn://versions/Thesis/..%5C..%5Cx', 'link-bad-name'],
    ['from the root', 'cairn://versions/Thesis//etc/passwd', 'link-bad-name'],
    ['with a zero', 'cairn://versions/Thesis/a%00b', 'link-bad-name'],
    ['with an end of line', 'cairn://folder/a%0Ab', 'link-bad-name'],
    ['with a long name', `cairn://folder/${'x'.repeat(129)}`, 'link-bad-name'],
    ['with a long path', `cairn://versions/Thesis/${'x'.repeat(8_193)}`, 'link-bad-name'],
    ['that never ends', `cairn://folder/${'x'.repeat(1 << 20)}`, 'link-too-long'],
  ])('%s is refused', (_, text, refused) => {
    expect(readLink(text)).toEqual({ refused });
  });

  it('of any text throws nothing, and leads only to what the window can show within a folder', () => {
    const parts = fc.oneof(
      fc.constantFrom(
        'cairn:',
        '//',
        '/',
        '..',
        '.',
        '%2e',
        '%2F',
        '%5c',
        '%',
        'folder',
        'versions',
        'settings',
        '\\',
        ':',
      ),
      fc.string({ unit: 'binary', maxLength: 8 }),
    );
    const texts = fc.oneof(
      fc.array(parts, { maxLength: 12 }).map((all) => all.join('')),
      fc.array(parts, { maxLength: 8 }).map((all) => `cairn://versions/${all.join('')}`),
      fc.anything(),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const read: ReadLink = readLink(text);
        if ('refused' in read) return /^link-[a-z-]+$/.test(read.refused);
        const { place } = read;
        if ('settings' in place) return Object.keys(place).length === 1;
        const isNamed = place.folder.length > 0 && place.folder.length <= 128 && !/[\\/\0]/.test(place.folder);
        const isWithin =
          place.path === undefined ||
          (parseRelPath(place.path) !== null && !/[\\\0]|(^|\/)\.\.?(\/|$)/.test(place.path));
        return isNamed && isWithin && (place.tab === undefined || place.tab === 'versions');
      }),
      { numRuns: 2_000 },
    );
  });

  it('can name every folder and file whose name it may hold', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((one) => {
      return !/[\\/\p{Cc}\p{Cs}]/u.test(one) && one !== '.' && one !== '..';
    });
    fc.assert(
      fc.property(name, fc.array(name, { minLength: 1, maxLength: 5 }), (folder, path) => {
        const link = `cairn://versions/${[folder, ...path].map(encodeURIComponent).join('/')}`;
        expect(readLink(link)).toEqual({ place: { folder, path: path.join('/') } });
      }),
    );
  });
});

describe('a link among the arguments', () => {
  it('is found, and nothing behind it counts: whoever made the link made that, too', () => {
    expect(readSwitches(['cairn', '--hidden', 'cairn://settings'], {}, '/c')).toMatchObject({
      hidden: true,
      link: 'cairn://settings',
    });
    const tricked = ['cairn', '--', 'cairn://folder/x', '--home', '/evil', '--hidden', 'cairn://settings'];
    expect(readSwitches(tricked, {}, '/c')).toEqual({ home: null, hidden: false, link: 'cairn://folder/x' });
    expect(readSwitches(['cairn', 'Cairn:x', '--home=/evil'], {}, '/c')).toMatchObject({ home: null, link: 'Cairn:x' });
    expect(readSwitches(['cairn', '--home', '/h', '/h/cairn.txt'], {}, '/c')).toMatchObject({ home: '/h', link: null });
    expect(isLink('cairned')).toBe(false);
  });
});

describe('following a link', () => {
  function start() {
    const shown: Events['show'][] = [];
    const logged: string[] = [];
    const engine = { isUp: true };
    const links = new FollowLinks({
      folders: () => Promise.resolve(engine.isUp ? success([{ name: 'Thesis' }]) : failed(failure('engine-down'))),
      show: (place) => shown.push(place),
      log: (line) => logged.push(line),
    });
    return { shown, logged, engine, links };
  }

  it('opens a folder that is known, and the settings', async () => {
    const { shown, logged, links } = start();
    await links.follow('cairn://versions/Thesis/a.txt');
    await links.follow('cairn://settings');
    expect(shown).toEqual([{ folder: 'Thesis', path: 'a.txt' }, { settings: true }]);
    expect(logged).toEqual([]);
  });

  it('does nothing with any other, and logs a code without a word of the link', async () => {
    const { shown, logged, links } = start();
    await links.follow('cairn://folder/Your%20backup%20failed');
    await links.follow('cairn://remove/Thesis');
    expect(shown).toEqual([]);
    expect(logged).toEqual(['a link was refused: link-unknown-folder', 'a link was refused: link-unknown-place']);
  });

  it('waits for an engine that starts; the last one counts, once', async () => {
    const { shown, engine, links } = start();
    engine.isUp = false;
    await links.follow('cairn://versions/Thesis');
    await links.follow('cairn://folder/Thesis');
    await links.goOn();
    expect(shown).toEqual([]);
    engine.isUp = true;
    await links.goOn();
    await links.goOn();
    expect(shown).toEqual([{ folder: 'Thesis' }]);
  });
});
