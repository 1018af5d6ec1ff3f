/** The SDK's own ways to keys. In: a profile, or none. Out: a provider of keys, with better words where its requests fail. */
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import { FailureError } from '../contract/errors.ts';
import { Errands } from './errands.ts';

/** The ways in the SDK's order. */
export function chainOf(connection: string, named: { readonly profile?: string }): AwsCredentialIdentityProvider {
  const errands = new Errands();
  const chain = fromNodeProviderChain({ ...named, ignoreCache: true, clientConfig: { requestHandler: errands } });
  return async (options) => {
    errands.begin();
    try {
      return await chain(options);
    } catch (error) {
      const known = errands.failureOf(connection, error);
      throw known === null ? error : new FailureError(known);
    }
  };
}
