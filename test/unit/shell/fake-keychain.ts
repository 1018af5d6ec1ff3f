/** A keychain for tests. Not a safe one: it turns bits, so that the clear text is not there, and can be locked. */
import type { SecretStore } from '../../../main/contract/credential-calls.ts';
import type { Keychain } from '../../../main/shell/keychain.ts';

export class FakeKeychain implements Keychain {
  state: SecretStore['state'] = 'ok';
  isLocked = false;
  look(): ReturnType<Keychain['look']> {
    return Promise.resolve({ state: this.state, backend: 'test' });
  }
  encrypt(text: string): Promise<Buffer> {
    return Promise.resolve(Buffer.from(Buffer.from(text).map((byte) => byte ^ 0x55)));
  }
  decrypt(bytes: Buffer): Promise<string> {
    return this.isLocked
      ? Promise.reject(new Error('locked'))
      : Promise.resolve(Buffer.from(bytes.map((byte) => byte ^ 0x55)).toString());
  }
}
