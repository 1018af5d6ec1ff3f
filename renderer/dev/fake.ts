/**
 * A stand-in for the preload script, to look at the window without an engine. In: a scene's name. Out: `window.cairn`
 * with sample data. It is never part of the app.
 */
import type { AppSettingsReport } from '../../main/contract/app-settings.ts';
import type { Measured } from '../../main/contract/begin.ts';
import type { Profile } from '../../main/contract/credential-calls.ts';
import type { DoctorReport, Finding } from '../../main/contract/doctor.ts';
import type { RuleSaid } from '../../main/contract/findings.ts';
import { failure, saidOf, type Failure } from '../../main/contract/errors.ts';
import type { Density, ThenFile, TreeInPlace, TreeRestored } from '../../main/contract/history.ts';
import type { KeyRing, RingEntry } from '../../main/contract/key-ring.ts';
import type { Limits } from '../../main/contract/limits.ts';
import type {
  Activity,
  Connection,
  ConnectionStatus,
  FileRow,
  FileState,
  AnyFolder,
  FolderMatch,
  FolderStatus,
  QueueEntry,
  Snapshot,
  Version,
} from '../../main/contract/models.ts';
import { directoryThen, fileThen, sumBelow } from './fake-then.ts';
import { PHOTOS_POLICY, policyAnswer } from './fake-policy.ts';

import type { Preview } from '../../main/contract/preview.ts';
import { reason } from '../../main/contract/reasons.ts';
import type { Thaw, ThawOffer } from '../../main/contract/thaw.ts';

export type Scene =
  | 'bare'
  | 'free'
  | 'counting'
  | 'refusing'
  | 'busy'
  | 'empty'
  | 'practice'
  | 'huge'
  | 'stopped'
  | 'refused'
  | 'down'
  | 'waiting'
  | 'slow'
  | 'failing'
  | 'keys'
  | 'attached';

const NOW = new Date('2026-11-22T14:32:10Z').getTime();
const at = (secondsAgo: number): string => new Date(NOW - secondsAgo * 1000).toISOString();
const MB = 1024 ** 2;
const GB = 1024 ** 3;

const TAGS: Failure = failure('permission', {
  action: 's3:PutObjectTagging',
  resource: 'northlight-thesis/thesis/*',
  answer: '403 AccessDenied',
});
const OFFLINE: Failure = failure('offline', { endpoint: 'http://vault.lan:9000', reason: 'ECONNREFUSED' });
const MISSING: Failure = failure('root-missing', { root: '/media/stick/fieldnotes' });

function folder(name: string, facts: Partial<FolderStatus>): FolderStatus {
  return {
    folder: name,
    state: 'idle',
    queued: 0,
    active: 0,
    parked: 0,
    bytesQueued: 0,
    files: 0,
    bytes: 0,
    superseded: 0,
    lastScanAt: at(1500),
    unexplained: null,
    missing: 0,
    brake: null,
    skipped: { ignored: 12, links: 1, special: 0, examples: [] },
    unread: [],
    onlyByScan: 1,
    lastVerified: null,
    lastDrill: {
      ...{ at: at(9 * 86_400), seed: 7, known: 1204, files: 20, bytes: 12.4 * MB, ok: 20, missing: 0, different: 0 },
      ...{ unread: 0, archived: 0, example: null },
    },
    watcher: { state: 'watching', watches: 214, allowed: 65_536, problem: null },
    problems: [],
    path: `/home/mara/${name}`,
    connection: 'AWS Frankfurt',
    bucket: 'northlight-work',
    prefix: '',
    practice: false,
    failure: null,
    lastSaved: null,
    ...facts,
  };
}
const saved = (path: string, secondsAgo: number) => ({ path, at: at(secondsAgo), versionId: 'pQ4x.eK7vT0hZc2NmB9s' });

const BUSY: readonly FolderStatus[] = [
  folder('Client work', {
    path: '/home/mara/Work/clients',
    prefix: 'clients/',
    files: 41208,
    bytes: 86.3 * GB,
    lastSaved: saved('northwind/brand/brand-guide_v7.indd', 60),
  }),
  folder('NAS projects', {
    path: '/mnt/nas/projects',
    connection: 'vault.lan',
    bucket: 'projects',
    state: 'offline',
    queued: 212,
    files: 96114,
    bytes: 1.38 * 1024 * GB,
    failure: OFFLINE,
    lastSaved: saved('halls/hall-b_rev12.dwg', 3240),
  }),
  folder('Photos 2026', {
    path: '/home/mara/Pictures/2026',
    bucket: 'northlight-photos',
    prefix: '2026/',
    state: 'syncing',
    queued: 2610,
    active: 8,
    bytesQueued: 112 * GB,
    files: 18436,
    bytes: 412.6 * GB,
    lastSaved: saved('raw/2026-11-21/DSC_4417.NEF', 2),
  }),
  folder('Practice', {
    path: '/home/mara/cairn-practice',
    connection: 'This computer',
    bucket: 'practice',
    prefix: 'cairn-practice/',
    state: 'paused',
    practice: true,
    files: 24,
    bytes: 8.2 * MB,
    lastSaved: saved('readme-first.md', 2 * 86400),
  }),
  folder('Thesis', {
    path: '/home/mara/Documents/thesis',
    bucket: 'northlight-thesis',
    prefix: 'thesis/',
    state: 'attention',
    queued: 2,
    active: 1,
    parked: 3,
    files: 2317,
    bytes: 4.1 * GB,
    superseded: 3,
    failure: TAGS,
    lastSaved: saved('chapters/04-results.tex', 149),
  }),
  folder('Website', {
    path: '/media/stick/fieldnotes',
    state: 'unavailable',
    files: 388,
    bytes: 212 * MB,
    failure: MISSING,
    lastSaved: saved('index.html', 930),
  }),
];

const ATTACHED: readonly FolderStatus[] = [
  folder('Old laptop', { state: 'attached', path: null, bucket: 'northlight-work', prefix: 'laptop-2024/' }),
  folder('Thesis', {
    ...{ state: 'attached', path: null, bucket: 'northlight-thesis', prefix: 'thesis/' },
    bringingBack: { to: '/home/mara/Documents/thesis', since: at(300) },
  }),
];
const BRAKED = folder('Website', {
  path: '/home/mara/Sites/fieldnotes',
  state: 'attention',
  files: 388,
  bytes: 212 * MB,
  failure: failure('deletes-braked', { deletes: 1142, folder: 'Website' }),
  problems: [failure('deletes-braked', { deletes: 1142, folder: 'Website' })],
  brake: { deletes: 1142, since: at(900) },
  lastSaved: saved('index.html', 930),
});

const CONNECTIONS: readonly Connection[] = [
  { name: 'AWS Frankfurt', endpoint: null, region: 'eu-central-1', pathStyle: false, credentials: { kind: 'default' } },
  {
    name: 'vault.lan',
    endpoint: 'http://vault.lan:9000',
    region: 'us-east-1',
    pathStyle: true,
    credentials: { kind: 'profile', profile: 'vault' },
  },
];
const PRACTICE: Connection = {
  name: 'This computer',
  endpoint: 'http://127.0.0.1:40111',
  region: 'local',
  pathStyle: true,
  credentials: { kind: 'practice', directory: '/home/mara/.local/share/cairn/practice' },
};
const connectionStatus = (connection: Connection, state: ConnectionStatus['state']): ConnectionStatus => ({
  name: connection.name,
  endpoint: connection.endpoint,
  region: connection.region,
  practice: connection.credentials.kind === 'practice',
  state,
  failure: state === 'offline' ? OFFLINE : null,
});

function throughput(isBusy: boolean): Snapshot['throughput'] {
  return Array.from({ length: 300 }, (_, index) => {
    const wave = 24.5 + 3 * Math.sin(index / 7) + 2 * Math.sin(index * 1.7);
    const isPause = index < 60 || (index > 190 && index < 206);
    return { at: at((299 - index) * 2), bytesPerSecond: !isBusy || isPause ? 0 : wave * MB };
  });
}

const REFUSED_KEYS = failure('keys-refused', { connection: 'NAS', answer: '403 InvalidAccessKeyId' });
const SSO_ENDED = failure('sign-on-ended', { connection: 'AWS Frankfurt', profile: 'northlight' });
const SIGNED_OUT: readonly FolderStatus[] = [
  folder('Thesis', { state: 'attention', queued: 12, failure: SSO_ENDED }),
  folder('Photos', { state: 'attention', queued: 3, connection: 'NAS', failure: REFUSED_KEYS }),
  folder('Letters', {
    state: 'attention',
    connection: 'Office',
    failure: failure('keys-asked', { connection: 'Office' }),
  }),
];

function snapshotOf(scene: Scene, sequence: number): Snapshot {
  const folders: readonly FolderStatus[] =
    scene === 'empty' || scene === 'bare'
      ? []
      : scene === 'practice'
        ? [{ ...(BUSY[3] ?? folder('Practice', {})), state: 'idle' }]
        : scene === 'attached'
          ? ATTACHED
          : scene === 'keys'
            ? SIGNED_OUT
            : scene === 'huge'
              ? [folder('Archive', { files: 10000, bytes: 38 * GB, path: '/home/mara/Archive' })]
              : scene === 'waiting'
                ? BUSY.map((each) => (each.folder === 'Website' ? BRAKED : each))
                : BUSY;
  const isBusy = scene === 'busy' || scene === 'down' || scene === 'stopped';
  return {
    sequence,
    at: at(0),
    folders,
    connections:
      scene === 'empty'
        ? []
        : [
            ...CONNECTIONS.map((each, index) => connectionStatus(each, index === 1 ? 'offline' : 'ok')),
            connectionStatus(PRACTICE, 'ok'),
          ],
    bytesPerSecond: isBusy ? 24.1 * MB : 0,
    secondsLeft: isBusy ? 4750 : null,
    filesToGo: isBusy ? 2618 : 0,
    throughput: throughput(isBusy),
    lastSaved: folders.flatMap((each) => (each.lastSaved === null ? [] : [{ folder: each.folder, ...each.lastSaved }])),
  };
}

interface FileFacts {
  readonly state?: FileState;
  readonly versions?: number;
  readonly failure?: Failure;
}
function file(path: string, size: number, secondsAgo: number, facts: FileFacts = {}): FileRow {
  return {
    kind: 'file',
    path,
    name: path.slice(path.lastIndexOf('/') + 1),
    state: facts.state ?? 'sync',
    size,
    modifiedAt: at(secondsAgo),
    versionId: 'x',
    versions: facts.versions ?? 1,
    waiting: 0,
    attention: 0,
    failure: facts.failure ?? null,
  };
}
function directory(path: string, size: number, secondsAgo: number, waiting = 0, attention = 0): FileRow {
  return { ...file(path, size, secondsAgo), kind: 'directory', versionId: null, versions: null, waiting, attention };
}
const KB = 1024;
const DAY = 86400;
const TREE: Readonly<Record<string, readonly FileRow[]>> = {
  '': [
    directory('chapters', 38.4 * MB, 180, 1, 2),
    directory('data', 3.6 * GB, 3 * DAY),
    { ...directory('figures', 446 * MB, 10, 2), state: 'sending' },
    file('bibliography.bib', 402 * KB, 4.5 * 3600, { versions: 66 }),
    file('build.log', 88 * KB, 240, { state: 'forgotten', versions: 3 }),
    file('thesis.pdf', 12.9 * MB, 720, { versions: 117 }),
    file('notes-from-the-supervision-of-the-second-year.md', 6.3 * KB, 40 * DAY, { state: 'gone', versions: 9 }),
  ],
  chapters: [
    file('chapters/01-introduction.tex', 61.2 * KB, 2 * DAY, { versions: 31 }),
    file('chapters/02-related-work.tex', 118 * KB, 0.9 * DAY, { versions: 44 }),
    file('chapters/03-method.tex', 96.7 * KB, 2.7 * 3600, { versions: 58 }),
    file('chapters/04-results.tex', 142 * KB, 180, { versions: 73 }),
    file('chapters/05-discussion.tex', 88.1 * KB, 5, { state: 'waiting', versions: 27 }),
    file('chapters/appendix-a_tables.xlsx', 4.6 * MB, 1260, { state: 'attention', versions: 12, failure: TAGS }),
    file('chapters/appendix-b_interviews.pdf', 33.1 * MB, 1260, { state: 'attention', versions: 2, failure: TAGS }),
  ],
  data: [directory('data/2025-season', 1.4 * GB, 170 * DAY), directory('data/2026-season', 2.2 * GB, 3 * DAY)],
  'data/2026-season': [
    file('data/2026-season/plots-raw.parquet', 1.9 * GB, 3 * DAY, { versions: 6 }),
    file('data/2026-season/weather_hourly.csv.gz', 288 * MB, 13 * DAY, { versions: 3 }),
  ],
  figures: [
    file('figures/fig-03_transects.svg', 1.2 * MB, 5 * DAY, { versions: 19 }),
    file('figures/fig-07_biomass-map.tif', 184 * MB, 10, { state: 'sending', versions: 8 }),
    file('figures/fig-08_seasonal-cycle.png', 2.8 * MB, 8, { state: 'waiting', versions: 5 }),
  ],
};
const HUGE: readonly FileRow[] = Array.from({ length: 10_000 }, (_, index) =>
  file(`scan_${String(index).padStart(5, '0')}_page-of-a-rather-long-name.tiff`, 3.8 * MB + index, index * 60),
);

function version(id: string, secondsAgo: number, size: number, facts: Partial<Version> = {}): Version {
  return {
    key: 'thesis/chapters/04-results.tex',
    versionId: id,
    isLatest: false,
    deleteMarker: false,
    size,
    etag: '"0c1d7f2b9a"',
    lastModified: at(secondsAgo),
    seenAt: at(secondsAgo),
    storageClass: 'STANDARD_IA',
    sha256: '9f2c41d07be8a4c25d1190e3f07bc6a1d3344be5902f7a8bcd00716e5511a60e',
    proof: 'checksum',
    receiptSeq: 4000 - Math.floor(secondsAgo / 60),
    removed: false,
    ...facts,
  };
}
const VERSIONS: readonly Version[] = [
  version('pQ4x.eK7vT0hZc2NuJ6rmB9s', 149, 145408, { isLatest: true }),
  version('Xd81_mTqLw5RyJ0aQk2eHv3E', 9850, 144282),
  version('c9ZrW2.kfUa6PnE1xY7ntQ0d', 58600, 150733),
  version('7hLs0VbYg3.oMxK8bV1cRe4W', 58638, 0, { deleteMarker: true, storageClass: null, proof: null }),
  version('Jw5uC_1iNqS9zDf4wL8sAk7P', 279000, 138035, { receiptSeq: null, proof: null, sha256: null }),
  version('Kk4v.B9xWc0RtYq2LmE7uPs5', 120 * DAY, 121004, { removed: true }),
  version('M2yRk8.vXo3LpTf6gD5hZn1B', 202 * DAY, 90317, { storageClass: 'GLACIER_IR', proof: 'etag' }),
  version('fZ9.thaw-waiting', 230 * DAY, 71000, { storageClass: 'DEEP_ARCHIVE' }),
  version('fZ7.archived.yet', 260 * DAY, 70100, { storageClass: 'DEEP_ARCHIVE' }),
  version('null', 300 * DAY, 80211, { proof: 'adopted' }),
];

const QUEUE: readonly QueueEntry[] = [
  ...['chapters/appendix-a_tables.xlsx', 'chapters/appendix-b_interviews.pdf', 'data/2025-season/tags.csv'].map(
    (path, index): QueueEntry => ({
      folder: 'Thesis',
      path,
      operation: 'put',
      state: 'parked',
      size: (index + 1) * 4.6 * MB,
      attempts: 1,
      notBefore: null,
      waitsFor: null,
      error: TAGS,
    }),
  ),
  ...['figures/fig-07_biomass-map.tif', 'figures/fig-08_seasonal-cycle.png', 'chapters/05-discussion.tex'].map(
    (path, index): QueueEntry => ({
      folder: 'Thesis',
      path,
      operation: 'put',
      state: index === 0 ? 'active' : 'waiting',
      size: 184 * MB,
      attempts: index === 0 ? 1 : 0,
      notBefore: null,
      waitsFor: null,
      error: null,
    }),
  ),
];

const KINDS: readonly (readonly [Activity['kind'], string, string | null])[] = [
  ['saved', 'put', 'chapters/04-results.tex'],
  ['saved', 'put', 'figures/fig-03_transects.svg'],
  ['parked', 'permission', 'chapters/appendix-a_tables.xlsx'],
  ['restored', 'restore', 'chapters/04-results (2026-11-22 11.48).tex'],
  ['gone', 'gone', 'notes-from-the-supervision-of-the-second-year.md'],
  ['saved', 'multipart', 'data/2026-season/plots-raw.parquet'],
  ['recovered', 'offline', null],
  ['problem', 'offline', null],
  ['matched', 'added', null],
  ['unexplained', 'unexplained', null],
];
const MATCHED = { equal: 2210, different: 14, onlyHere: 93, onlyThere: 6 } as const;

/** What an entry holds beside its kind, as the engine would have written it. */
function happened(kind: Activity['kind'], index: number): Pick<Activity, 'detail' | 'said'> {
  switch (kind) {
    case 'saved':
      return { detail: { size: 142 * KB + index * 977 } };
    case 'problem':
      return { detail: { message: OFFLINE.message }, said: saidOf(OFFLINE) };
    case 'matched': {
      const message = 'What was there already: 2210 equal, 14 different, 93 only here, 6 only there';
      return { detail: { message, ...MATCHED } };
    }
    case 'unexplained': {
      const example = 'thesis/raw.zip';
      const message = `3 versions in the bucket were not written from here, for example ${example}`;
      return { detail: { message, count: 3, example } };
    }
    default:
      return { detail: {} };
  }
}
const ACTIVITY: readonly Activity[] = Array.from({ length: 640 }, (_, index): Activity => {
  const [kind, code, path] = KINDS[index % KINDS.length] ?? ['saved', 'put', null];
  return {
    seq: 5000 - index,
    at: at(149 + index * 1700),
    folder: index % 3 === 0 ? 'Client work' : 'Thesis',
    kind,
    code,
    path,
    ...happened(kind, index),
  };
});

function folderOf(status: FolderStatus): AnyFolder {
  const place = {
    id: status.folder,
    name: status.folder,
    connection: status.connection,
    bucket: status.bucket,
    prefix: status.prefix,
    policy: status.folder === 'Photos 2026' ? PHOTOS_POLICY : {},
    policyVersion: 1,
    addedAt: at(DAY * 100),
  };
  if (status.path === null) return { ...place, path: null, bringingBack: status.bringingBack ?? null };
  const paused = status.state === 'paused';
  const interval = status.folder === 'Photos 2026' ? { leastIntervalSeconds: 60 } : {};
  return { ...place, ...interval, path: status.path, deletes: 'mark', paused, ignore: [], watching: 'auto' };
}

const found = (
  severity: Finding['severity'],
  said: Finding['said'],
  title: string,
  explanation: string,
  fix: Finding['fix'] = null,
): Finding => ({ id: said.code, severity, said, title, explanation, fix });
const EXPIRES: RuleSaid = {
  ...{ name: 'expire-old', prefix: '', isForAll: true, isOn: true },
  does: [{ kind: 'removes-earlier', keep: { days: 7, newest: null } }],
};
const REMOVES = {
  said: { code: 'rule-removes-versions', facts: { rules: [EXPIRES] } },
  title: 'A rule of the bucket removes earlier versions',
  explanation:
    'Earlier versions do not stay, by a rule that is not this folder’s: expire-old (the whole bucket): removes earlier versions 7 days after a newer one came.',
} as const;
const FINE: readonly Finding[] = [
  found('fine', { code: 'versions-kept', facts: {} }, 'Every version is kept', 'Versioning is on.'),
  found('fine', { code: 'acls-off', facts: {} }, 'The bucket’s owner owns every file', 'ACLs are off.'),
  found('fine', { code: 'public-blocked', facts: {} }, 'Public access is blocked', 'All four blocks are on.'),
  found('fine', { code: 'clock-right', facts: {} }, 'The clock is right', 'It agrees with the store’s.'),
];
const REPORT: DoctorReport = {
  folder: 'Thesis',
  at: at(90),
  store: 'aws',
  capabilities: [],
  findings: [
    found(
      'problem',
      { code: 'action-missing', facts: { action: 's3:PutObjectTagging', on: 'northlight-thesis/thesis/' } },
      's3:PutObjectTagging is missing',
      'The policy sets tags, so uploads are refused. Allow s3:PutObjectTagging on northlight-thesis/thesis/; `doctor --iam` prints the whole statement.',
    ),
    {
      ...{ id: 'lifecycle-expire-old', severity: 'problem', ...REMOVES },
      fix: {
        call: 'PutBucketLifecycleConfiguration',
        input: { Rules: [] },
        difference: [
          '- expire-old (the whole bucket): removes earlier versions 7 days after a newer one came',
          '+ expire-old (the whole bucket): removes earlier versions 365 days after a newer one came',
        ],
        changes: [
          { sign: '-', kind: 'rule', rule: EXPIRES },
          {
            sign: '+',
            kind: 'rule',
            rule: { ...EXPIRES, does: [{ kind: 'removes-earlier', keep: { days: 365, newest: null } }] },
          },
        ],
      },
    },
    found(
      'advice',
      {
        code: 'uploads-open',
        facts: { count: 4, isMore: false, prefix: 'thesis/', example: 'thesis/raw.zip', days: 112 },
      },
      'Uploads of others are open',
      '4 are open under thesis/, for example of thesis/raw.zip; the oldest for 112 days. They may be at work, or broken off. Cairn never touches uploads of others.',
    ),
    ...FINE,
  ],
};
const PERMISSIONS = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'CairnKeepsFiles',
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject', 's3:PutObjectTagging'],
      Resource: 'arn:aws:s3:::northlight-thesis/thesis/*',
    },
  ],
};

const DENSITY: Density = {
  from: at(DAY * 160),
  to: at(0),
  buckets: Array.from({ length: 160 }, (_, index) => ({
    at: at(DAY * (160 - index)),
    saved: index % 7 > 4 || (index > 60 && index < 72) ? 0 : Math.round(40 * Math.abs(Math.sin(index * 1.7)) ** 3),
    gone: index % 31 === 3 ? 6 : 0,
  })),
};
const was = (path: string, then: number | null, days: number, now: Partial<ThenFile> = {}): ThenFile =>
  fileThen(path, { then, now: then, savedAt: then === null ? null : at(DAY * days), ...now });
const THEN: readonly ThenFile[] = [
  was('chapters/01-introduction.tex', 61.2 * KB, 71),
  was('chapters/03-methods.tex', 88.1 * KB, 60),
  was('chapters/04-results.tex', 120 * KB, 41, { mark: 'changed', now: 141 * KB }),
  was('chapters/05-discussion.tex', null, 0, { mark: 'added', now: 61 * KB, versionId: null }),
  was('figures/map.tif', 31.7 * MB, 70),
  was('figures/old-map.tif', 29 * MB, 90, { mark: 'gone', now: null }),
  was('references.bib', 42 * KB, 44),
];

let settings: AppSettingsReport = {
  theme: 'system',
  language: 'system',
  notifications: true,
  pauseOnBattery: true,
  pauseOnMetered: false,
  startWithComputer: false,
  cannotStart: 'not-installed',
  power: 'mains',
  network: 'unmetered',
  waiting: [],
};
const GONE = Array.from(
  { length: 20 },
  (_, index) => `posts/2024/${String(index + 1).padStart(2, '0')}-field-note/index.md`,
);
const LIMITS: Limits = {
  rules: [{ from: '08:00', to: '18:00', days: ['mon', 'tue', 'wed', 'thu', 'fri'], bytesPerSecond: 512_000 }],
  default: null,
};
const BUCKETS = ['northlight-papers', 'northlight-photos', 'northlight-work'] as const;
const PROFILES: readonly Profile[] = [
  { name: 'default', kind: 'keys', region: 'eu-central-1', note: null },
  { name: 'work-sso', kind: 'sso', region: 'eu-central-1', note: 'northlight.awsapps.com' },
  { name: 'backup', kind: 'role', region: null, note: 'arn:aws:iam::111122223333:role/Backup' },
];
const WARNINGS: Measured['warnings'] = [{ kind: 'home' }, { kind: 'around', folder: 'Client work' }];
const MEASURED: Measured = {
  files: 8412,
  bytes: 36.9 * GB,
  directories: 311,
  ignored: 64,
  links: 2,
  special: 0,
  unread: { count: 0, examples: [] },
  requests: 9934,
  isWhole: true,
  warnings: [],
  costs: [0.94, 0.21, 0.94, 0.97].map((aMonth) => ({ aMonth, once: 0.05, isPriced: true })),
  prices: { currency: 'USD', asOf: '2025-06-01', isOwn: false },
};
const NOTHING = { files: 0, bytes: 0 };
const MATCH: FolderMatch = {
  equal: { files: 198, bytes: 0.8 * GB },
  different: { files: 14, bytes: 31 * MB },
  unproved: 0,
  onlyHere: { files: 8200, bytes: 36 * GB },
  onlyThere: NOTHING,
  unusable: { count: 0, examples: [] },
  examples: { different: ['2026/smith-et-al.pdf', '2026/notes.md'], onlyThere: [] },
  versions: 212,
  requests: 3,
};
const REPORT_AT: DoctorReport = {
  folder: 'papers',
  at: at(2),
  store: 'aws',
  capabilities: [],
  findings: [
    ...FINE,
    { id: 'lifecycle-expire-old', severity: 'problem', ...REMOVES, fix: null },
    found(
      'advice',
      { code: 'stale-stay', facts: {} },
      'Stale uploads are not removed',
      'Parts of uploads that were broken off stay, unseen in listings, and cost their storage.',
    ),
  ],
};

const restoredOf = (to: string): TreeRestored => ({
  to,
  files: 3,
  restored: 2,
  bytes: 150 * MB,
  renamed: [{ path: 'figures/Map.tif', renamedTo: 'figures/Map (2).tif' }],
  failures: [
    { path: 'chapters/03-methods.tex', failure: failure('archived', { key: 'thesis/chapters/03-methods.tex' }) },
  ],
  failed: 1,
});
const REPLACED: TreeInPlace = {
  files: 3,
  restored: 2,
  leftAlone: 1,
  bytes: 150 * MB,
  setAside: ['chapters/04-results (2026-11-22 14.32.10).tex'],
  queued: 1,
  failures: [],
  failed: 0,
};
const WROTE = `## Opening line
- Built for the long haul, priced for the short one.
- Freight that arrives when it says it will.

## Boilerplate (max. 60 words)
`;
const WRITES = `## Opening line
- Freight that keeps its word.
- Every pallet has a place and a time.
- Ask us where it is. We know.

## Boilerplate (max. 80 words)
`;
const BEFORE = Array.from({ length: 40 }, (_, index) => `% line ${String(index + 1)} of the preamble`).join('\n');
/** A small picture of two colours. */
const PICTURE =
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAGCAIAAABxZ0isAAAAFElEQVR4nGOQrMjDihgGVEKyIg8rAgB8YB+N9U7wkAAAAABJRU5ErkJggg==';
function previewOf(path: string, isDisk: boolean): Preview {
  const facts = { size: 5 * KB, proved: !isDisk };
  if (path.endsWith('.bin')) return { kind: 'none', why: 'binary', size: 5 * KB };
  if (path.endsWith('.tif'))
    return { kind: 'picture', type: 'image/png', bytes: PICTURE, width: 8, height: 6, ...facts };
  const text = `${BEFORE}\n${isDisk ? WRITES : WROTE}`;
  return { kind: 'text', text, encoding: 'utf-8', shown: 5 * KB, ...facts };
}
const offer = (tier: ThawOffer['tier'], minutes: number, price: number): ThawOffer => ({
  ...{ tier, minutes, price, currency: 'USD', asOf: '2026-10-01' },
});
const OFFERS: readonly ThawOffer[] = [offer('Standard', 720, 0.021), offer('Bulk', 2880, 0.0026)];
const THAWS: readonly Thaw[] = [
  {
    ...{ folder: 'Thesis', path: 'chapters/04-results.tex', versionId: 'fZ9.thaw-waiting', size: 71000, days: 7 },
    ...{ tier: 'Standard', state: 'waiting', askedAt: at(3600), expectedAt: at(-39600), readableUntil: null },
    ...{ target: null, failure: null },
  },
  {
    ...{ folder: 'Thesis', path: 'data/2025-season/tags.csv', versionId: 'fZ8.ready', size: 880, days: 7 },
    ...{ tier: 'Bulk', state: 'ready', askedAt: at(DAY * 3), expectedAt: at(DAY), readableUntil: at(-DAY * 5) },
    ...{ target: null, failure: null },
  },
];

const ringKey = (name: string, md5: string, days: number, facts: Partial<RingEntry> = {}): RingEntry => ({
  ...{ name, md5, origin: 'made', since: at(DAY * days), exportedAt: null, confirmedAt: null, ...facts },
});
const RING: KeyRing = {
  keys: [
    ringKey('archive-2024', 'Wn9CqI5mS8yU1rPfXk3d0g==', 410, { origin: 'imported' }),
    ringKey('clients', 'b7tQ2xYc4VhRz0LpEw8s1A==', 0),
    ringKey('photos', 'u1Kd9oZ3mJ6gTqXv5Bn7Hw==', 96, { exportedAt: at(DAY * 96), confirmedAt: at(DAY * 96) }),
  ],
  unreadable: 0,
};

type Fields = Readonly<Record<string, unknown>>;
const listeners = new Map<string, Set<(payload: unknown) => void>>();

function answer(scene: Scene, name: string, input: Fields): unknown {
  switch (name) {
    case 'app.info':
      return {
        version: '0.1.0',
        platform: 'linux',
        home: '/home/mara/.local/share/cairn',
        user: '/home/mara',
        locale: 'en',
      };
    case 'app.settings':
      settings = { ...settings, ...(input['change'] as Partial<AppSettingsReport> | undefined) };
      return settings;
    case 'app.updates':
      return { kind: 'none' };
    case 'settings.limits':
      return LIMITS;
    case 'app.pickFolder':
      return '/home/mara/Documents/papers';
    case 'status.snapshot':
      return snapshotOf(scene, 1);
    case 'connection.list':
      return scene === 'empty' || scene === 'bare' ? [] : CONNECTIONS;
    case 'connection.practice':
      return PRACTICE;
    case 'connection.add':
      return input;
    case 'connection.profiles':
      return scene === 'bare' ? [] : PROFILES;
    case 'app.keyRing':
      return scene === 'bare' || scene === 'practice' ? { keys: [], unreadable: 0 } : RING;
    case 'encryption.keyUse':
      return { folders: [], receipts: input['name'] === 'archive-2024' ? 1204 : 0 };
    case 'app.secretStore':
      return scene === 'bare'
        ? { state: 'missing', backend: null, kept: [], unreadable: 0 }
        : { state: 'ok', backend: 'gnome-libsecret', kept: [], unreadable: 0 };
    case 'connection.test': {
      const bucket = input['bucket'];
      return {
        reachable: true,
        endpoint: 'https://s3.eu-central-1.amazonaws.com',
        buckets: BUCKETS,
        bucket:
          typeof bucket === 'string'
            ? { name: bucket, versioning: bucket === 'northlight-photos' ? 'off' : 'enabled' }
            : null,
      };
    }
    case 'folder.measure':
      return { ...MEASURED, warnings: input['path'] === '/home/mara' ? WARNINGS : [] };
    case 'folder.look':
      return scene === 'free' ? { ...MATCH, versions: 0, equal: NOTHING, different: NOTHING } : MATCH;
    case 'doctor.lookAt':
      return {
        report: REPORT_AT,
        facts: { versioning: 'enabled', lock: false, acls: true, blocksPublic: false },
      };
    case 'policy.parse':
      return {};
    case 'connection.buckets':
      return input['connection'] === PRACTICE.name ? ['practice'] : BUCKETS;
    case 'folder.list':
      return snapshotOf(scene, 1).folders.map(folderOf);
    case 'folder.files': {
      const search = input['search'];
      const all = scene === 'huge' ? HUGE : Object.values(TREE).flat();
      if (typeof search === 'string') return { rows: all.filter((row) => row.path.includes(search)), more: 0 };
      if (scene === 'huge') return { rows: HUGE, more: 0 };
      return { rows: TREE[typeof input['directory'] === 'string' ? input['directory'] : ''] ?? [], more: 0 };
    }
    case 'activity.list': {
      const before = typeof input['before'] === 'number' ? input['before'] : Infinity;
      const wanted = ACTIVITY.filter((row) => row.seq < before && (input['folder'] ?? row.folder) === row.folder);
      return wanted.slice(0, Number(input['limit'] ?? 100));
    }
    case 'queue.list':
      return QUEUE.filter((row) => (input['folder'] ?? row.folder) === row.folder);
    case 'versions.list':
      return VERSIONS;
    case 'versions.restore':
      return {
        path: input['path'],
        versionId: input['versionId'],
        bytes: 144282,
        to: '/home/mara/Documents/thesis/chapters/04-results (2026-11-22 11.48).tex',
      };
    case 'history.density':
      return DENSITY;
    case 'history.directory':
      return directoryThen(THEN, String(input['directory']), at(240), scene !== 'counting');
    case 'history.sums':
      return { sums: (input['directories'] as string[]).map((one) => sumBelow(THEN, one)), next: null };
    case 'history.diff':
      return { changes: [] };
    case 'history.restore':
      return restoredOf(String(input['to']));
    case 'history.restoreInPlace':
      return REPLACED;
    case 'versions.preview':
      return previewOf(String(input['path']), input['versionId'] === null);
    case 'versions.thawOffers':
      return OFFERS;
    case 'versions.thaws':
      return THAWS;
    case 'versions.makeCurrent':
      return { path: input['path'], from: input['versionId'], versionId: 'nW3r.k8Xp', wasCurrent: false };
    case 'task.cancel':
      return true;
    case 'doctor.look':
      return REPORT;
    case 'doctor.permissions':
      return PERMISSIONS;
    case 'status.throughput': {
      const step = input['span'] === 'hour' ? 12 : 300;
      return throughput(scene === 'busy').map(({ bytesPerSecond }, index) => ({
        at: at((299 - index) * step),
        bytesPerSecond: index < 90 ? 0 : bytesPerSecond,
      }));
    }
    case 'brake.show':
      return { folder: 'Website', deletes: 1142, since: at(900), paths: GONE, replaced: null };
    case 'app.diagnostics':
      return { path: '/home/mara/Documents/cairn-diagnostics-2026-11-22.json' };
    case 'queue.retry':
      return 3;
    default:
      return null;
  }
}

/** Puts the stand-in on the page. */
export function install(scene: Scene): void {
  const emit = (event: string, payload: unknown): void => {
    for (const listener of listeners.get(event) ?? []) listener(payload);
  };
  const door = {
    call(name: string, input: unknown): Promise<unknown> {
      if (name === 'folder.add') {
        const collides = failure('target-collides', { other: 'Client work', target: 'northlight-papers/papers/' });
        return Promise.resolve({ ok: false, failure: collides });
      }
      if (scene === 'counting' && /^(folder[.](measure|look)|doctor[.]lookAt)$/.test(name))
        return new Promise(() => undefined);
      if (scene === 'refusing' && name === 'connection.test') {
        return Promise.resolve({
          ok: false,
          failure: failure('offline', { endpoint: 'https://s3.example.com', reason: reason('no-answer') }),
        });
      }
      if (scene === 'failing' && name === 'history.restore') {
        return Promise.resolve({ ok: false, failure: failure('cancelled') });
      }
      if (scene === 'slow' && name === 'history.restore') {
        const { task } = input as { readonly task: string };
        setTimeout(() => {
          emit('progress', { task, files: 1204, filesTotal: 2317, bytes: 1.9 * GB, bytesTotal: 4.1 * GB });
        }, 100);
        return new Promise(() => undefined);
      }
      if (scene === 'counting' && name === 'history.sums') return new Promise(() => undefined);
      if (scene === 'refusing' && name === 'folder.measure') {
        return Promise.resolve({ ok: false, failure: failure('not-a-folder', { path: '/home/mara/nowhere' }) });
      }
      const value = policyAnswer(name, input as Fields) ?? answer(scene, name, input as Fields);
      // A step of long work, so that its progress can be looked at.
      if (name === 'policy.apply') return new Promise(() => undefined);
      return Promise.resolve({ ok: true, value });
    },
    pathOf: () => '/home/mara/Documents/papers',
    on(event: string, listener: (payload: unknown) => void): () => void {
      const known = listeners.get(event) ?? new Set();
      known.add(listener);
      listeners.set(event, known);
      return () => {
        known.delete(listener);
      };
    },
  };
  Object.assign(globalThis, { cairn: door, emit });
  if (scene === 'refused') {
    setTimeout(() => {
      emit('engine', { state: 'stopped', reference: 'home-locked' });
    }, 500);
  }
  if (scene === 'down' || scene === 'stopped') {
    setTimeout(() => {
      emit('engine', { state: scene, reference: 'E-7F3A21C9' });
    }, 500);
  }
  if (scene === 'busy') {
    // A batch that has come a third of its way.
    setTimeout(() => {
      const next = snapshotOf(scene, 2);
      emit('status', {
        ...next,
        filesToGo: 1748,
        folders: next.folders.map((each) => (each.folder === 'Photos 2026' ? { ...each, queued: 1740 } : each)),
      });
    }, 700);
  }
}
