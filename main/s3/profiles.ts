/**
 * The profiles that the AWS command line shares with other programs. In: the environment, which may name other files.
 * Out: each by name, and how it signs in. Values of secrets are passed over, not read into anything.
 */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Profile, ProfileKind } from '../contract/credential-calls.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type Section = Map<string, string>;

/** What a profile may be told by. Of everything else only that it is there is kept. */
const SHOWN: ReadonlySet<string> = new Set(['region', 'role_arn', 'source_profile', 'sso_session', 'sso_start_url']);

export async function listProfiles(environment: Environment): Promise<readonly Profile[]> {
  return [...(await readProfiles(environment))].map(profileOf).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @returns null where there is none of that name. */
export async function findProfile(environment: Environment, name: string): Promise<Profile | null> {
  const section = (await readProfiles(environment)).get(name);
  return section === undefined ? null : profileOf([name, section]);
}

/** Who signs in for a profile: itself, or the one that the sources of roles lead to. */
export async function findSigner(environment: Environment, name: string): Promise<Profile | null> {
  const profiles = await readProfiles(environment);
  const seen = new Set<string>();
  for (let next: string | undefined = name; next !== undefined && !seen.has(next);) {
    seen.add(next);
    const section = profiles.get(next);
    if (section === undefined) return null;
    const profile = profileOf([next, section]);
    if (profile.kind !== 'role') return profile;
    next = section.get('source_profile');
  }
  return null;
}

async function readProfiles(environment: Environment): Promise<ReadonlyMap<string, Section>> {
  const home = environment['HOME'] ?? environment['USERPROFILE'] ?? homedir();
  const config = await sectionsOf(environment['AWS_CONFIG_FILE'] ?? join(home, '.aws', 'config'), home);
  const keys = await sectionsOf(environment['AWS_SHARED_CREDENTIALS_FILE'] ?? join(home, '.aws', 'credentials'), home);
  const profiles = new Map<string, Section>();
  for (const [title, section] of config) {
    const name = title === 'default' ? title : /^profile\s+(.+)$/.exec(title)?.[1]?.trim();
    if (name !== undefined) profiles.set(unquoted(name), section);
  }
  for (const [name, section] of keys) profiles.set(name, new Map([...(profiles.get(name) ?? []), ...section]));
  return profiles;
}

function profileOf([name, section]: readonly [string, Section]): Profile {
  return { name, kind: kindOf(section), region: section.get('region') ?? null, note: noteOf(section) };
}

/** The way that the SDK takes where a profile names several. */
function kindOf(section: Section): ProfileKind {
  if (section.has('role_arn') && (section.has('source_profile') || section.has('credential_source'))) return 'role';
  if (section.has('aws_access_key_id') && section.has('aws_secret_access_key')) return 'keys';
  if (section.has('web_identity_token_file')) return 'other';
  if (section.has('credential_process')) return 'process';
  if (section.has('sso_session') || section.has('sso_start_url')) return 'sso';
  return 'other';
}

function noteOf(section: Section): string | null {
  const kind = kindOf(section);
  if (kind === 'role') return section.get('role_arn') ?? null;
  return kind === 'sso' ? (section.get('sso_session') ?? section.get('sso_start_url') ?? null) : null;
}

/** A file that is not there, or cannot be read, has none: so the SDK sees it, too. */
async function sectionsOf(named: string, home: string): Promise<Map<string, Section>> {
  const path = named.startsWith('~/') ? join(home, named.slice(2)) : named;
  const text = await readFile(path, 'utf8').catch(() => '');
  const sections = new Map<string, Section>();
  let section: Section | null = null;
  for (const line of text.split(/\r?\n/)) {
    const title = /^\s*\[([^\]]+)\]/.exec(line)?.[1]?.trim();
    if (title !== undefined) {
      section = sections.get(title) ?? new Map<string, string>();
      sections.set(title, section);
      continue;
    }
    // What is indented belongs to the setting above it.
    const setting = /^([\w-]+)\s*=\s*(.*?)\s*$/.exec(line);
    const [, key, value] = setting ?? [];
    if (section === null || key === undefined || value === undefined) continue;
    const name = key.toLowerCase();
    section.set(name, SHOWN.has(name) ? value.replace(/\s[#;].*$/, '') : '');
  }
  return sections;
}

function unquoted(name: string): string {
  return /^(["'])(.+)\1$/.exec(name)?.[2] ?? name;
}
