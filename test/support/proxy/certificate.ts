/**
 * A certificate that nobody vouches for. In: nothing. Out: a key and a certificate for 127.0.0.1, signed by itself, as
 * PEM. Written by hand in DER (X.509, RFC 5280), so that no program beside Node is needed.
 */
import { createSign, generateKeyPairSync, randomBytes } from 'node:crypto';

export interface SelfSigned {
  readonly key: string;
  readonly cert: string;
}

/** ecdsa-with-SHA256, 1.2.840.10045.4.3.2. */
const ECDSA_SHA256 = Buffer.from('06082a8648ce3d040302', 'hex');
/** commonName, 2.5.4.3. */
const COMMON_NAME = Buffer.from('0603550403', 'hex');

function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

/** subjectAltName, 2.5.29.17: the address 127.0.0.1, without which no client takes a certificate for it. */
const FOR_LOOPBACK = Buffer.from('300f0603551d110408300687047f000001', 'hex');

const sequence = (...parts: readonly Uint8Array[]): Buffer => element(0x30, ...parts);
const utcTime = (date: Date): Buffer =>
  element(0x17, Buffer.from(`${date.toISOString().replaceAll(/[-:T]/g, '').slice(2, 14)}Z`));

export function selfSigned(now = new Date()): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(element(0x31, sequence(COMMON_NAME, element(0x0c, Buffer.from('127.0.0.1')))));
  const serial = randomBytes(8);
  // A positive number that begins with no needless zero.
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f);
  const day = 86_400_000;
  const signed = sequence(
    element(0xa0, element(0x02, Buffer.from([2]))),
    element(0x02, serial),
    sequence(ECDSA_SHA256),
    name,
    sequence(utcTime(new Date(now.getTime() - day)), utcTime(new Date(now.getTime() + day))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(FOR_LOOPBACK)),
  );
  const signature = createSign('sha256').update(signed).sign(privateKey);
  const whole = sequence(signed, sequence(ECDSA_SHA256), element(0x03, Buffer.from([0]), signature));
  const lines = (whole.toString('base64').match(/.{1,64}/g) ?? []).join('\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}
