/** The stand-in runs under the window's own content security policy, so zod must not try to make code. */
import { z } from 'zod';

z.config({ jitless: true });
