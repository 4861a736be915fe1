// 128 random bits as a text: a key that nobody else makes. Also on a page over plain http, where randomUUID() is missing.
export const randomText = (): string => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
