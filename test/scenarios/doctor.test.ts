/** The doctor looks a real bucket over: what it says, what it mends, and that a look leaves nothing behind. */
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  type LifecycleRule,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import { writeFile } from 'node:fs/promises';
import { createServer, request as ask } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { DoctorReport, Finding } from '../../main/contract/doctor.ts';
import { examine, type Patient } from '../../main/engine/doctor.ts';
import { openHomeForReading } from '../../main/engine/home.ts';
import { openEngine } from '../../main/engine/index.ts';
import { planKeep } from '../../main/engine/keep.ts';
import { openClient } from '../../main/s3/index.ts';
import type { ReadTables } from '../../main/store/index.ts';
import { storeKind } from '../support/world/stores.ts';
import { FOLDER, openWorld, took, type World } from '../support/world/world.ts';

const THEIRS: LifecycleRule = {
  ID: 'theirs',
  Status: 'Enabled',
  Filter: { Prefix: 'logs/' },
  Expiration: { Days: 9 },
};

async function doctor(w: World, ...words: readonly string[]) {
  const ended = await w.cairn('doctor', FOLDER, ...words);
  const findings = new Map(ended.lines.map((line) => [String(line['id']), line as unknown as Finding]));
  return { code: ended.code, findings, lines: ended.lines, stderr: ended.stderr };
}

function notFine(findings: ReadonlyMap<string, Finding>): string[] {
  return [...findings.values()].filter((one) => one.severity !== 'fine').map((one) => `${one.severity} ${one.id}`);
}

async function rulesOf(w: World): Promise<readonly LifecycleRule[]> {
  const { Rules = [] } = await w.bucket.client.send(
    new GetBucketLifecycleConfigurationCommand({ Bucket: w.bucket.name }),
  );
  return [...Rules].sort((one, other) => String(one.ID).localeCompare(String(other.ID)));
}

async function setRules(w: World, ...Rules: LifecycleRule[]): Promise<void> {
  const LifecycleConfiguration = { Rules };
  await w.bucket.client.send(
    new PutBucketLifecycleConfigurationCommand({ Bucket: w.bucket.name, LifecycleConfiguration }),
  );
}

/** The folder as the doctor meets it, in this process; `endpoint` leads there by another way. */
async function withPatient<T>(
  w: World,
  endpoint: string,
  work: (patient: Patient & { readonly tables: ReadTables | null }) => Promise<T>,
): Promise<T> {
  const home = took(openHomeForReading(w.home));
  const [folder] = home.settings.folders;
  const [known] = home.settings.connections;
  if (folder === undefined || known === undefined) throw new Error('The world has no folder.');
  const connection = { ...known, endpoint };
  const client = took(await openClient(connection));
  try {
    return await work({ folder, connection, client, tables: home.tables });
  } finally {
    client.close();
    home.close();
  }
}

describe('a look', () => {
  test('at a bucket that is well finds no problem, and leaves nothing there', async () => {
    await using w = await openWorld({ prefix: 'notes', policy: { tags: { a: 'b' }, storageClass: 'STANDARD_IA' } });
    const { code, findings } = await doctor(w);
    expect(code).toBe(0);
    expect(findings.get('versioning')).toMatchObject({ severity: 'fine', fix: null });
    expect(findings.get('permissions')?.severity).toBe('fine');
    expect(findings.get('clock')?.severity).toBe('fine');
    expect(notFine(findings).filter((one) => one.startsWith('problem'))).toEqual([]);
    expect(await w.bucket.versions()).toEqual([]);
    expect(await w.bucket.openUploads()).toEqual([]);
    expect(w.requests('DeleteObject')).toEqual([]);
  });

  test('knows what kind of store it is, and writes down what was learnt', async () => {
    await using w = await openWorld();
    expect((await doctor(w)).code).toBe(0);
    await withPatient(w, w.gate.endpoint, async (patient) => {
      const { folder, tables } = patient;
      const learnt = tables?.folders.seenCapabilities(folder.connection, folder.bucket) ?? [];
      const can = new Map(learnt.map((one) => [one.name, one.can]));
      expect(can.get('versions')).toBe('yes');
      expect(can.get('content-md5')).toBe('yes');
      expect(can.get('lifecycle')).toBe('yes');
      const { report } = took(await examine(patient));
      expect(report.store).toBe(storeKind === 'radosgw' ? 'ceph' : 'other');
    });
  });

  test('at a store that does not answer, or a bucket that is not there, says just that', async () => {
    await using w = await openWorld();
    await w.gate.shut();
    expect((await doctor(w)).code).toBe(1);
    await w.gate.reopen();
    await withPatient(w, w.gate.endpoint, async (patient) => {
      const gone = { ...patient, folder: { ...patient.folder, bucket: `${patient.folder.bucket}-gone` } };
      expect(await examine(gone)).toMatchObject({ ok: false, failure: { code: 'bucket-missing' } });
    });
  });

  test('sees uploads of others under the folder’s prefix, and leaves them alone', async () => {
    await using w = await openWorld({ prefix: 'notes' });
    await w.bucket.client.send(new CreateMultipartUploadCommand({ Bucket: w.bucket.name, Key: 'notes/theirs' }));
    await w.bucket.client.send(new CreateMultipartUploadCommand({ Bucket: w.bucket.name, Key: 'elsewhere' }));
    const { code, findings } = await doctor(w);
    expect(code).toBe(0);
    expect(findings.get('open-uploads')).toMatchObject({ severity: 'advice', fix: null });
    expect(findings.get('open-uploads')?.explanation).toContain('1 is open under notes/');
    expect((await w.bucket.openUploads()).length, 'untouched').toBe(2);
  });

  test('sees a clock that is off', async () => {
    await using w = await openWorld();
    const ahead = 600_000;
    const now = Date.now.bind(Date);
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now() + ahead);
    try {
      await withPatient(w, w.gate.endpoint, async (patient) => {
        const { report } = took(await examine(patient));
        const found = report.findings.find((one) => one.id === 'clock');
        expect(found).toMatchObject({ severity: 'problem' });
        expect(found?.explanation).toMatch(/(599|600|601) seconds ahead of/);
      });
    } finally {
      clock.mockRestore();
    }
  });

  test('that a busy store leaves unanswered in part is no look at all', async () => {
    await using w = await openWorld();
    const isLifecycle = (_: unknown, url: string): boolean => url.includes('?lifecycle');
    await using guard = await guardAgainst(w.gate.endpoint, isLifecycle, [503, 'SlowDown']);
    await withPatient(w, guard.endpoint, async (patient) => {
      expect(await examine(patient)).toMatchObject({ ok: false, failure: { code: 'busy' } });
    });
  });

  test('names the one permission that is missing', async () => {
    await using w = await openWorld({ policy: { tags: { a: 'b' }, cacheControl: 'max-age=60' } });
    await using guard = await guardAgainst(w.gate.endpoint, (headers) => headers['x-amz-tagging'] !== undefined);
    await withPatient(w, guard.endpoint, async (patient) => {
      const { report } = took(await examine(patient));
      const problems = report.findings.filter((one) => one.severity === 'problem').map((one) => one.id);
      expect(problems).toEqual(['permission-s3:PutObjectTagging']);
    });
    expect(await w.bucket.versions()).toEqual([]);
  });

  test.runIf(storeKind === 'practice')('sees settings that would refuse what the policy asks for', async () => {
    await using w = await openWorld({ policy: { acl: 'public-read' } });
    const { client, name: Bucket } = w.bucket;
    const OwnershipControls = { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' as const }] };
    await client.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }));
    const block = {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    };
    await client.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: block }));
    const { code, findings } = await doctor(w);
    expect(code).toBe(3);
    expect(findings.get('ownership')).toMatchObject({ severity: 'problem' });
    expect(findings.get('public')).toMatchObject({ severity: 'problem' });
  });

  test.runIf(storeKind === 'practice')('sees encryption by default, and a lock that is asked for in vain', async () => {
    await using w = await openWorld({ policy: { lock: { mode: 'GOVERNANCE', retainDays: 1 } } });
    const { client, name: Bucket } = w.bucket;
    const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: 'AES256' as const };
    await client.send(
      new PutBucketEncryptionCommand({
        Bucket,
        ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault }] },
      }),
    );
    const { code, findings } = await doctor(w);
    expect(code).toBe(3);
    expect(findings.get('encryption')).toMatchObject({
      severity: 'fine',
      explanation: expect.stringContaining('AES256') as string,
    });
    expect(findings.get('lock')).toMatchObject({ severity: 'problem', fix: null });
    expect(await w.bucket.versions(), 'no probe was kept').toEqual([]);
  });
});

describe('mending', () => {
  test('puts versions on, after it has shown what it sends', async () => {
    await using w = await openWorld();
    const { client, name: Bucket } = w.bucket;
    const VersioningConfiguration = { Status: 'Suspended' } as const;
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
    const { code, findings } = await doctor(w);
    expect(code).toBe(3);
    expect(findings.get('versioning')?.fix).toEqual({
      call: 'PutBucketVersioning',
      input: { Bucket, VersioningConfiguration: { Status: 'Enabled' } },
      difference: ['- versioning: suspended', '+ versioning: enabled'],
      changes: [
        { sign: '-', kind: 'versioning', value: 'suspended' },
        { sign: '+', kind: 'versioning', value: 'enabled' },
      ],
    });
    expect((await client.send(new GetBucketVersioningCommand({ Bucket }))).Status, 'a look changes nothing').toBe(
      'Suspended',
    );
    const mended = await doctor(w, '--fix', 'versioning');
    expect(mended.code).toBe(0);
    expect(mended.findings.get('versioning')?.severity).toBe('fine');
    expect((await client.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled');
  });

  test('adds a rule for stale uploads beside those of others', async () => {
    await using w = await openWorld({ prefix: 'notes' });
    await setRules(w, THEIRS);
    const theirs = await rulesOf(w);
    const { findings } = await doctor(w);
    expect(findings.get('stale-uploads')?.fix).toMatchObject({ call: 'PutBucketLifecycleConfiguration' });
    const mended = await doctor(w, '--fix', 'stale-uploads');
    expect(mended.findings.get('stale-uploads')?.severity).toBe('fine');
    const rules = await rulesOf(w);
    expect(rules.filter((rule) => rule.ID === 'theirs')).toEqual(theirs);
    expect(rules.find((rule) => rule.ID === `cairn-abort-${FOLDER}`)).toMatchObject({
      Status: 'Enabled',
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 30 },
    });
    expect(rules.length).toBe(2);
  });

  test('what is fine or unknown is refused by name, and nothing is sent', async () => {
    await using w = await openWorld();
    const { code, lines } = await doctor(w, '--fix', 'clock');
    expect(code).toBe(2);
    expect(lines.at(-1)).toMatchObject({
      error: { code: 'bad-input', message: expect.stringContaining('stale-uploads') as string },
    });
    const writes = w.requests().filter((request) => /^(Put|Delete)Bucket/.test(request.operation));
    expect(writes).toEqual([]);
  });
});

describe('the window’s calls', () => {
  test('look, and mend only what is still as it was shown', async () => {
    await using w = await openWorld({ prefix: 'notes' });
    const engine = took(await openEngine({ home: w.home, practice: null, watch: false, log: () => undefined }));
    try {
      const look = async (): Promise<DoctorReport> =>
        took(await engine.call('doctor.look', { folder: FOLDER })) as DoctorReport;
      const fixOf = (report: DoctorReport) => report.findings.find((one) => one.id === 'stale-uploads')?.fix;
      const shown = JSON.parse(JSON.stringify(fixOf(await look())?.input)) as unknown;
      await setRules(w, THEIRS);
      const fix = { folder: FOLDER, finding: 'stale-uploads' };
      expect(await engine.call('doctor.fix', { ...fix, shown })).toMatchObject({
        ok: false,
        failure: { code: 'bad-input', message: expect.stringContaining('changed since it was shown') as string },
      });
      expect((await rulesOf(w)).map((rule) => rule.ID)).toEqual(['theirs']);

      const again = JSON.parse(JSON.stringify(fixOf(await look())?.input)) as unknown;
      const mended = took(await engine.call('doctor.fix', { ...fix, shown: again })) as DoctorReport;
      expect(fixOf(mended)).toBeNull();
      expect((await rulesOf(w)).length).toBe(2);
      expect(await engine.call('doctor.look', { folder: 'none' })).toMatchObject({
        ok: false,
        failure: { code: 'unknown-folder' },
      });
    } finally {
      await engine.stop();
    }
  });
});

describe('how long versions are kept', () => {
  test('a rule is shown first, then merged, changed, and taken away again', async () => {
    await using w = await openWorld({ prefix: 'notes' });
    await setRules(w, THEIRS);
    const theirs = await rulesOf(w);
    const [dry] = await w.cairnDone('folder', 'keep', FOLDER, '--days', '30', '--dry-run');
    expect(dry).toMatchObject({
      keep: null,
      wanted: { days: 30, newest: null },
      difference: [`+ cairn-keep-${FOLDER} (notes/): removes earlier versions 30 days after a newer one came`],
      request: { call: 'PutBucketLifecycleConfiguration' },
    });
    expect(await rulesOf(w), 'a dry run changes nothing').toEqual(theirs);

    expect(await w.cairnDone('folder', 'keep', FOLDER, '--days', '30')).toMatchObject([{ keep: { days: 30 } }]);
    expect(await w.cairnDone('folder', 'keep', FOLDER, '--days', '60')).toMatchObject([{ keep: { days: 60 } }]);
    expect(await w.cairnDone('folder', 'keep', FOLDER)).toMatchObject([{ keep: { days: 60, newest: null } }]);
    const rules = await rulesOf(w);
    expect(rules.map((rule) => rule.ID)).toEqual([`cairn-keep-${FOLDER}`, 'theirs']);
    expect((await doctor(w)).findings.get('kept')).toMatchObject({ severity: 'fine' });

    expect(await w.cairnDone('folder', 'keep', FOLDER, '--off')).toMatchObject([{ keep: null }]);
    expect(await rulesOf(w)).toEqual(theirs);
  });

  test('a number of versions is kept by stores that can, and refused by those that forget it', async () => {
    await using w = await openWorld();
    await setRules(w, THEIRS);
    const theirs = await rulesOf(w);
    const ended = await w.cairn('folder', 'keep', FOLDER, '--newest', '5');
    if (storeKind === 'radosgw') {
      expect(ended).toMatchObject({ code: 1, lines: [{ error: { code: 'not-supported' } }] });
      expect(await rulesOf(w), 'the former rules stand').toEqual(theirs);
    } else {
      expect(ended).toMatchObject({ code: 0, lines: [{ keep: { newest: 5 } }] });
      expect(await rulesOf(w)).toHaveLength(2);
    }
  });

  test('what would go is counted before anything is sent', async () => {
    await using w = await openWorld();
    for (const text of ['one', 'second', 'the third']) {
      await w.write('a.txt', text);
      await w.settle();
    }
    const [dry] = await w.cairnDone('folder', 'keep', FOLDER, '--days', '1', '--dry-run');
    expect(dry, 'all are younger than a day').toMatchObject({ going: { versions: 0, bytes: 0 } });
  });

  test('a bucket without versions has none to remove, which is said', async () => {
    await using w = await openWorld();
    const bucket = `${w.bucket.name}-plain`;
    await w.bucket.client.send(new CreateBucketCommand({ Bucket: bucket }));
    await withPatient(w, w.gate.endpoint, async (patient) => {
      const plain = { ...patient, folder: { ...patient.folder, bucket } };
      const planned = await planKeep(plain, { days: 1, newest: null }, patient.tables);
      expect(planned).toMatchObject({ ok: false, failure: { code: 'bad-input', facts: { field: 'versions' } } });
    });
  });

  test('words that make no sense are refused before anything is asked', async () => {
    await using w = await openWorld();
    for (const words of [['--days', '1', '--off'], ['--days', '0'], ['--newest', '102'], ['--dry-run']]) {
      expect(await w.cairn('folder', 'keep', FOLDER, ...words), words.join(' ')).toMatchObject({ code: 2 });
    }
    expect(w.requests()).toEqual([]);
  });
});

describe('costs and permissions', () => {
  test('what a month costs, by class, before and after another policy', async () => {
    await using w = await openWorld({ policy: { storageClass: 'STANDARD' } });
    await w.write('small.txt', 'x'.repeat(1000));
    await w.write('large.bin', Buffer.alloc(300 * 1024));
    await w.settle();
    await w.write('small.txt', 'y'.repeat(1000));
    await w.settle();
    const file = join(w.root, 'ia.json');
    await writeFile(file, JSON.stringify({ rules: [{ match: ['*.bin'], set: { storageClass: 'STANDARD_IA' } }] }));
    const lines = await w.cairnDone('policy', 'cost', FOLDER, '--policy', file, '--months', '1');
    expect(lines).toMatchObject([
      {
        storageClass: 'STANDARD',
        before: { files: 2, bytes: 1000 + 300 * 1024, versions: 2 },
        after: { files: 1, bytes: 1000 },
      },
      { storageClass: 'STANDARD_IA', before: null, after: { files: 1, bytes: 300 * 1024 } },
      { summary: { currency: 'USD', months: 1 } },
    ]);

    await writeFile(
      join(w.home, 'prices.json'),
      JSON.stringify({ asOf: '2026-01-01', source: 'mine', currency: 'EUR' }),
    );
    const own = await w.cairnDone('policy', 'cost', FOLDER);
    expect(own.at(-1)).toMatchObject({ summary: { currency: 'EUR', source: 'mine', total: { after: null } } });
    await writeFile(join(w.home, 'prices.json'), '{');
    expect(await w.cairn('policy', 'cost', FOLDER)).toMatchObject({ code: 2 });
  });

  test('the smallest IAM policy, and the one that cannot lose versions', async () => {
    await using w = await openWorld({ prefix: 'notes', policy: { tags: { a: 'b' } } });
    const [smallest] = await w.cairnDone('doctor', FOLDER, '--iam');
    expect(JSON.stringify(smallest)).toContain('s3:PutObjectTagging');
    expect(JSON.stringify(smallest)).toContain(`arn:aws:s3:::${w.bucket.name}/notes/*`);
    expect(JSON.stringify(smallest)).not.toContain('Deny');
    const [careful] = await w.cairnDone('doctor', FOLDER, '--iam', '--no-delete-versions');
    expect(JSON.stringify(careful)).toContain('"Effect":"Deny"');
    expect(w.requests(), 'no request is needed for it').toEqual([]);
    expect(await w.cairn('doctor', FOLDER, '--no-delete-versions')).toMatchObject({ code: 2 });
  });
});

/** A way to the store on which requests of one kind are answered with an error: by default, for want of a permission. */
async function guardAgainst(
  store: string,
  isRefused: (headers: Readonly<Record<string, unknown>>, url: string) => boolean,
  [status, code]: readonly [number, string] = [403, 'AccessDenied'],
): Promise<AsyncDisposable & { readonly endpoint: string }> {
  const { hostname, port } = new URL(store);
  const server = createServer((request, response) => {
    if (isRefused(request.headers, request.url ?? '')) {
      request.resume();
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`);
      return;
    }
    const onward = ask({ hostname, port, method: request.method, path: request.url, headers: request.headers });
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.rawHeaders);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
}
