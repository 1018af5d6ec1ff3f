/** What the registry says of known weaknesses, and what of it must stop a build. */
import { describe, expect, it } from 'vitest';
import { verdictOf } from '../../support/audit.ts';

const said = (vulnerabilities: object): string =>
  JSON.stringify({ auditReportVersion: 2, vulnerabilities, metadata: { dependencies: { total: 380 } } });

describe('the audit of dependencies', () => {
  it('is clean where nothing is known, or nothing serious', () => {
    expect(verdictOf(said({}))).toEqual({
      kind: 'clean',
      lines: ['audit: 380 packages, 0 with advisories, 0 of them serious'],
    });
    expect(verdictOf(said({ left: { severity: 'moderate', range: '<2' } }))).toEqual({
      kind: 'clean',
      lines: ['moderate: left <2', 'audit: 380 packages, 1 with advisories, 0 of them serious'],
    });
  });

  it.each(['high', 'critical'])('fails where something is %s', (severity) => {
    expect(verdictOf(said({ left: { severity, range: '<2' } })).kind).toBe('findings');
  });

  it.each([
    ['{"message":"405 Method Not Allowed","statusCode":405}', '405 Method Not Allowed'],
    ['npm error: fetch failed', 'npm error: fetch failed'],
    ['', 'npm said nothing'],
  ])('says that it did not run where the registry says %j', (text, reason) => {
    expect(verdictOf(text)).toEqual({
      kind: 'not-run',
      lines: [`NOT RUN: the audit of dependencies looked nothing up: ${reason}`],
    });
  });
});
