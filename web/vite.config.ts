// The pages of a node: the dashboard (index.html) and the shop (shop.html). What is built lies in dist/, is committed,
// and is the same bytes wherever it is built: nothing of the time, the machine or the folder goes into it.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig } from 'vite';

const node = process.env.SAGACTL_NODE ?? 'http://127.0.0.1:3000';

// The licences of the packages whose code is in the chunk that holds all foreign code.
function licences(modules: string[]): string {
  const names = new Set<string>();
  for (const id of modules) {
    const name = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1];
    if (name) names.add(name);
  }
  const texts = [...names].sort().map((name) => {
    const folder = resolve(__dirname, 'node_modules', name);
    const version = JSON.parse(readFileSync(resolve(folder, 'package.json'), 'utf8')).version;
    const file = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license'].map((f) => resolve(folder, f)).find(existsSync);
    if (!file) throw new Error(`${name} has no licence to keep`);
    return `${name} ${version}\n${readFileSync(file, 'utf8').trim()}`;
  });
  return texts.length ? `/*!\n${texts.join('\n\n').replaceAll('*/', '* /')}\n*/` : '';
}

export default defineConfig({
  base: '/ui/',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'inline' },
  build: {
    target: 'es2022',
    // The policy of the pages allows nothing inline, and no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: {
      input: { dashboard: resolve(__dirname, 'index.html'), shop: resolve(__dirname, 'shop.html'), api: resolve(__dirname, 'api.html') },
      output: {
        manualChunks: (id) => (id.includes('node_modules') ? 'packages' : id.includes('/src/shared/') ? 'shared' : undefined),
        banner: (chunk) => (chunk.name === 'packages' ? licences(chunk.moduleIds) : ''),
      },
    },
  },
  server: {
    // `npm run dev` beside a node: everything but the sources comes from the node.
    proxy: { '^/(?!ui/(src|@|node_modules|index.html|shop.html)|@|src|node_modules)': { target: node } },
  },
});
