import { describe, expect, it } from 'vitest';
import { failure, type Failure } from '../../../main/contract/errors.ts';
import type { QueueEntry } from '../../../main/contract/models.ts';
import { causesOf } from '../../../renderer/state/causes.ts';
import { adviceOf, titleOf } from '../../../renderer/views/overview/cause-words.ts';
import { snapshotOf, statusOf } from './fake-bridge.ts';

const refused = failure('permission', { action: 's3:PutObjectTagging', resource: 'b/*', answer: '403' });
const unreadable = (path: string): Failure => failure('file-unreadable', { path, reason: 'EACCES' });
const parked = (folder: string, path: string, cause: Failure): QueueEntry => ({
  folder,
  path,
  operation: 'put',
  state: 'parked',
  size: 1,
  attempts: 1,
  notBefore: null,
  waitsFor: null,
  error: cause,
});

describe('causes', () => {
  it('counts the same cause in many files and folders once', () => {
    const causes = causesOf(snapshotOf(1, [statusOf('a'), statusOf('b')]), [
      parked('a', 'x', unreadable('x')),
      parked('a', 'y', unreadable('y')),
      parked('b', 'z', unreadable('z')),
      parked('b', 'q', refused),
    ]);
    expect(causes.map(({ failure: { code }, folders, files }) => ({ code, folders, files }))).toEqual([
      { code: 'file-unreadable', folders: ['a', 'b'], files: 3 },
      { code: 'permission', folders: ['b'], files: 1 },
    ]);
    expect(causes[0]?.remedies).toContain('retry');
  });

  it('names a folder that cannot be read, and does not say a parked cause twice', () => {
    const missing = failure('root-missing', { root: '/data/a' });
    const snapshot = snapshotOf(1, [
      statusOf('a', { state: 'unavailable', failure: missing }),
      statusOf('b', { state: 'attention', parked: 1, failure: refused }),
    ]);
    const causes = causesOf(snapshot, [parked('b', 'q', refused)]);
    expect(causes.map((cause) => cause.failure.code)).toEqual(['root-missing', 'permission']);
    expect(causes[0]?.remedies).toContain('scan');
  });

  it('asks a person about deletes, each thing by itself, and counts them', () => {
    const braked = failure('deletes-braked', { folder: 'a', deletes: 12 });
    const replaced = failure('mass-replacement', { folder: 'a', files: 30 });
    const brake = { deletes: 12, since: '2026-03-01T12:00:00.000Z' };
    const status = statusOf('a', { state: 'attention', failure: braked, problems: [braked, replaced], brake });
    const causes = causesOf(snapshotOf(1, [status]), []);
    expect(causes).toMatchObject([
      { failure: { code: 'deletes-braked' }, folders: ['a'], deletes: 12, remedies: ['release', 'discard'] },
      { failure: { code: 'mass-replacement' }, folders: ['a'], deletes: 0, remedies: ['seen'] },
    ]);
    const [asked, told] = causes;
    if (asked === undefined || told === undefined) throw new Error('two causes');
    expect(titleOf(asked)).toContain('12 files vanished');
    expect(adviceOf(asked)).not.toContain('`');
    expect(adviceOf(told)).not.toBe(told.failure.hint);
  });

  it('leaves out what mends itself', () => {
    const offline = failure('offline', { endpoint: 'e', reason: 'r' });
    expect(causesOf(snapshotOf(1, [statusOf('a', { state: 'offline', failure: offline })]), [])).toEqual([]);
    expect(causesOf(null, [])).toEqual([]);
  });
});
