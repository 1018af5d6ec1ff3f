import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOwnAddress, rendererFile } from '../../../main/shell/renderer-files.ts';

const root = '/opt/cairn/dist/renderer';

describe('addresses of the window', () => {
  it('name files below the folder, with type, policy and nosniff', () => {
    expect(rendererFile(root, 'app://cairn/')?.path).toBe(`${root}/index.html`);
    const script = rendererFile(root, 'app://cairn/assets/index-1.js?v=2#x');
    expect(script?.path).toBe(`${root}/assets/index-1.js`);
    expect(script?.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
    expect(script?.headers['content-security-policy']).toContain("default-src 'none'");
    expect(script?.headers['content-security-policy']).not.toContain('unsafe');
  });

  it.each([
    'app://other/index.html',
    'app://cairn:80/index.html',
    'app://user@cairn/index.html',
    'file:///opt/cairn/dist/renderer/index.html',
    'https://cairn/index.html',
    'app://cairn/%2e%2e%2fpreload.js',
    'app://cairn/..%2F..%2Fpackage.json',
    'app://cairn/%5c..%5capp.js',
    'app://cairn/a%00.js',
    'app://cairn/%E0%A4%A.js',
    'app://cairn/assets/secret.pem',
    'not an address',
    '',
  ])('%s gives nothing', (address) => {
    expect(rendererFile(root, address)).toBeNull();
  });

  it('never leave the folder', () => {
    const part = fc.oneof(
      fc.constantFrom('..', '%2e%2e', '%2F', '/', '.', 'a', '%5c', '\\', '.js', '%252e'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const file = rendererFile(root, `app://cairn/${parts.join('')}.js`);
        if (file !== null) expect(file.path.startsWith(`${root}/`)).toBe(true);
      }),
    );
  });

  it('are told from foreign ones', () => {
    expect(isOwnAddress('app://cairn/index.html')).toBe(true);
    expect(isOwnAddress('app://cairn.example.com/index.html')).toBe(false);
    expect(isOwnAddress('javascript:alert(1)')).toBe(false);
  });
});
