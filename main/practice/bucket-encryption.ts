/** A bucket's default encryption: set, told and removed. */
import { bucketOf, type Call, emptyReply, type Reply, xmlReply } from './call.ts';
import { changeSettings } from './change-settings.ts';
import { readDocument } from './document.ts';
import { kmsKeyArn } from './encryption.ts';
import { Refusal } from './refusal.ts';
import type { BucketEncryption } from './settings-model.ts';
import { childrenOf, childText, expectOnly, onlyChild, parseBoolean, parseXml, type XmlNode } from './xml.ts';

function parseBlocked(text: string): 'SSE-C' | 'NONE' {
  if (text === 'SSE-C' || text === 'NONE') return text;
  throw new Refusal('MalformedXML', 'An encryption type that is blocked is SSE-C or NONE.');
}

function parseConfiguration(text: string, region: string): BucketEncryption {
  const document = parseXml(text, 'ServerSideEncryptionConfiguration');
  expectOnly(document, ['Rule']);
  const rule = onlyChild(document, 'Rule');
  expectOnly(rule, ['ApplyServerSideEncryptionByDefault', 'BucketKeyEnabled', 'BlockedEncryptionTypes']);
  const [usual] = childrenOf(rule, 'ApplyServerSideEncryptionByDefault');
  if (usual !== undefined) expectOnly(usual, ['SSEAlgorithm', 'KMSMasterKeyID']);
  const mode = usual === undefined ? undefined : childText(usual, 'SSEAlgorithm');
  const keyId = usual === undefined ? undefined : childText(usual, 'KMSMasterKeyID');
  if (usual !== undefined && mode !== 'AES256' && mode !== 'aws:kms' && mode !== 'aws:kms:dsse') {
    throw new Refusal('MalformedXML', 'The algorithm is AES256, aws:kms or aws:kms:dsse.');
  }
  if (keyId !== undefined && mode !== 'aws:kms' && mode !== 'aws:kms:dsse') {
    throw new Refusal('InvalidArgument', 'A KMS key needs the algorithm aws:kms or aws:kms:dsse.');
  }
  if (keyId !== undefined) kmsKeyArn(keyId, region);
  const [types] = childrenOf(rule, 'BlockedEncryptionTypes');
  const bucketKey = childText(rule, 'BucketKeyEnabled');
  return {
    mode: mode as BucketEncryption['mode'],
    keyId,
    bucketKey: bucketKey === undefined ? undefined : parseBoolean(bucketKey),
    blocked:
      types === undefined ? undefined : childrenOf(types, 'EncryptionType').map((type) => parseBlocked(type.text)),
  };
}

/** Sets the encryption of objects that will be written. */
export async function putBucketEncryption(call: Call): Promise<Reply> {
  bucketOf(call);
  const encryption = parseConfiguration(await readDocument(call), call.region);
  await changeSettings(call, (settings) => ({ ...settings, encryption }));
  return emptyReply(200);
}

/** A bucket has no default until one is set: nothing here claims to be encrypted that nobody asked to be. */
export function getBucketEncryption(call: Call): Reply {
  const { encryption } = bucketOf(call).settings;
  if (encryption === undefined) {
    throw new Refusal(
      'ServerSideEncryptionConfigurationNotFoundError',
      'The server side encryption configuration was not found',
    );
  }
  const { mode, keyId, bucketKey, blocked } = encryption;
  const usual: readonly XmlNode[] = [
    ['SSEAlgorithm', mode],
    ['KMSMasterKeyID', keyId],
  ];
  const types = blocked?.map((type): XmlNode => ['EncryptionType', type]);
  return xmlReply('ServerSideEncryptionConfiguration', [
    [
      'Rule',
      [
        ['ApplyServerSideEncryptionByDefault', mode === undefined ? undefined : usual],
        ['BucketKeyEnabled', bucketKey ?? false],
        ['BlockedEncryptionTypes', types],
      ],
    ],
  ]);
}

export async function deleteBucketEncryption(call: Call): Promise<Reply> {
  await changeSettings(call, (settings) => ({ ...settings, encryption: undefined }));
  return emptyReply(204);
}
