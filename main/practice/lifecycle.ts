/** A lifecycle document in; the same rules, checked, out. They are kept and told, and nothing here carries them out. */
import { randomUUID } from 'node:crypto';
import { bucketOf, type Call, emptyReply, type Reply, xmlReply } from './call.ts';
import { changeSettings } from './change-settings.ts';
import { readDocument } from './document.ts';
import { Refusal } from './refusal.ts';
import { childrenOf, childText, expectOnly, onlyChild, parseXml, toNode, type XmlElement } from './xml.ts';

const MAX_RULES = 1000;
const MAX_ID = 255;
/** Most newer versions that a rule may keep. */
const MAX_NEWER = 100;
const MINIMUM_SIZE_HEADER = 'x-amz-transition-default-minimum-object-size';
export const LIFECYCLE_HEADERS: readonly string[] = [MINIMUM_SIZE_HEADER];
const MINIMUM_SIZES = ['all_storage_classes_128K', 'varies_by_storage_class'];
const TARGETS = ['STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER', 'GLACIER_IR', 'DEEP_ARCHIVE'];

function malformed(message: string): Refusal {
  return new Refusal('MalformedXML', message);
}

function invalid(message: string): Refusal {
  return new Refusal('InvalidArgument', message);
}

function numberOf(element: XmlElement, name: string): number | undefined {
  const text = childText(element, name)?.trim();
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw malformed(`${name} is a number.`);
  return Number(text);
}

function checkDays(element: XmlElement, name: string, least: number): void {
  const days = numberOf(element, name);
  if (days !== undefined && days < least) throw invalid(`'${name}' must be at least ${String(least)}.`);
}

function checkDate(element: XmlElement): void {
  const text = childText(element, 'Date')?.trim();
  if (text === undefined) return;
  const date = Date.parse(text);
  if (Number.isNaN(date) || date % (24 * 60 * 60 * 1000) !== 0) throw invalid("'Date' must be at midnight GMT");
}

/** Demands exactly one of the children named. */
function exactlyOne(element: XmlElement, names: readonly string[]): void {
  if (element.children.filter((child) => names.includes(child.name)).length === 1) return;
  throw malformed(`${element.name} has exactly one of ${names.join(', ')}.`);
}

function checkTarget(element: XmlElement): void {
  if (!TARGETS.includes(childText(element, 'StorageClass')?.trim() ?? '')) {
    throw malformed('The storage class of a transition cannot be one of these objects.');
  }
}

function checkNewer(element: XmlElement): void {
  const newer = numberOf(element, 'NewerNoncurrentVersions');
  if (newer !== undefined && (newer < 1 || newer > MAX_NEWER)) {
    throw invalid(`'NewerNoncurrentVersions' must be from 1 to ${String(MAX_NEWER)}.`);
  }
}

function checkTag(tag: XmlElement): void {
  expectOnly(tag, ['Key', 'Value']);
  onlyChild(tag, 'Key');
  onlyChild(tag, 'Value');
}

const SIZES = ['ObjectSizeGreaterThan', 'ObjectSizeLessThan'];

function checkPredicates(element: XmlElement): void {
  for (const tag of childrenOf(element, 'Tag')) checkTag(tag);
  for (const name of SIZES) numberOf(element, name);
}

function checkFilter(filter: XmlElement): void {
  expectOnly(filter, ['Prefix', 'Tag', 'And', ...SIZES]);
  if (filter.children.length > 1) throw malformed('A filter has one condition, or And.');
  checkPredicates(filter);
  for (const and of childrenOf(filter, 'And')) {
    expectOnly(and, ['Prefix', 'Tag', ...SIZES]);
    if (and.children.length < 2) throw malformed('And joins two conditions or more.');
    checkPredicates(and);
  }
}

/** What a rule may do, and how each of these elements is checked. */
const ACTIONS: ReadonlyMap<string, (action: XmlElement) => void> = new Map([
  [
    'Expiration',
    (action: XmlElement): void => {
      expectOnly(action, ['Date', 'Days', 'ExpiredObjectDeleteMarker']);
      exactlyOne(action, ['Date', 'Days', 'ExpiredObjectDeleteMarker']);
      checkDays(action, 'Days', 1);
      checkDate(action);
    },
  ],
  [
    'Transition',
    (action: XmlElement): void => {
      expectOnly(action, ['Date', 'Days', 'StorageClass']);
      exactlyOne(action, ['Date', 'Days']);
      checkDays(action, 'Days', 0);
      checkDate(action);
      checkTarget(action);
    },
  ],
  [
    'NoncurrentVersionTransition',
    (action: XmlElement): void => {
      expectOnly(action, ['NoncurrentDays', 'StorageClass', 'NewerNoncurrentVersions']);
      exactlyOne(action, ['NoncurrentDays']);
      checkDays(action, 'NoncurrentDays', 0);
      checkNewer(action);
      checkTarget(action);
    },
  ],
  [
    'NoncurrentVersionExpiration',
    (action: XmlElement): void => {
      expectOnly(action, ['NoncurrentDays', 'NewerNoncurrentVersions']);
      exactlyOne(action, ['NoncurrentDays']);
      checkDays(action, 'NoncurrentDays', 1);
      checkNewer(action);
    },
  ],
  [
    'AbortIncompleteMultipartUpload',
    (action: XmlElement): void => {
      expectOnly(action, ['DaysAfterInitiation']);
      exactlyOne(action, ['DaysAfterInitiation']);
      checkDays(action, 'DaysAfterInitiation', 1);
    },
  ],
]);

/** A rule without an id gets one, as in S3. */
function checkRule(rule: XmlElement): XmlElement {
  expectOnly(rule, ['ID', 'Status', 'Prefix', 'Filter', ...ACTIONS.keys()]);
  const id = childText(rule, 'ID') ?? '';
  if (id.length > MAX_ID) throw invalid('ID length should not exceed allowed limit of 255');
  const status = childText(rule, 'Status')?.trim();
  if (status !== 'Enabled' && status !== 'Disabled') throw malformed('A rule is Enabled or Disabled.');
  exactlyOne(rule, ['Prefix', 'Filter']);
  for (const filter of childrenOf(rule, 'Filter')) checkFilter(filter);
  const actions = rule.children.filter((child) => ACTIONS.has(child.name));
  if (actions.length === 0) {
    throw new Refusal('InvalidRequest', 'At least one action needs to be specified in a rule');
  }
  for (const action of actions) ACTIONS.get(action.name)?.(action);
  const others = rule.children.filter((child) => child.name !== 'ID');
  return { ...rule, children: [{ name: 'ID', text: id === '' ? randomUUID() : id, children: [] }, ...others] };
}

export async function putBucketLifecycleConfiguration(call: Call): Promise<Reply> {
  bucketOf(call);
  const minimumSize = call.headers.get(MINIMUM_SIZE_HEADER) ?? 'all_storage_classes_128K';
  if (!MINIMUM_SIZES.includes(minimumSize)) throw invalid(`Unknown ${MINIMUM_SIZE_HEADER}.`);
  const document = parseXml(await readDocument(call), 'LifecycleConfiguration');
  expectOnly(document, ['Rule']);
  const rules = childrenOf(document, 'Rule').map(checkRule);
  if (rules.length === 0 || rules.length > MAX_RULES) throw malformed('There are one to a thousand rules.');
  if (new Set(rules.map((rule) => childText(rule, 'ID'))).size < rules.length) {
    throw invalid('Rule ID must be unique. Found same ID for more than one rule');
  }
  await changeSettings(call, (settings) => ({ ...settings, lifecycle: { rules, minimumSize } }));
  return emptyReply(200, { [MINIMUM_SIZE_HEADER]: minimumSize });
}

export function getBucketLifecycleConfiguration(call: Call): Reply {
  const { lifecycle } = bucketOf(call).settings;
  if (lifecycle === undefined) {
    throw new Refusal('NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist');
  }
  return xmlReply('LifecycleConfiguration', lifecycle.rules.map(toNode), {
    [MINIMUM_SIZE_HEADER]: lifecycle.minimumSize,
  });
}

export async function deleteBucketLifecycle(call: Call): Promise<Reply> {
  await changeSettings(call, (settings) => ({ ...settings, lifecycle: undefined }));
  return emptyReply(204);
}
