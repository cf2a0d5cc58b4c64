// node-fetch by Node's own fetch, in node-fetch's form. A node-fetch that is installed is taken instead of this.

module.exports = Object.assign((...request) => globalThis.fetch(...request), { Headers: globalThis.Headers });
