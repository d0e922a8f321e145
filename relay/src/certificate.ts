// A certificate and its key for a relay that ends TLS itself: two PEM files, checked before they are used.
import { X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";

export interface Certificate {
	/** PEM, the relay's own first, then those between it and a root. */
	readonly cert: string;
	readonly key: string;
}

export const TLS_MIN_VERSION = "TLSv1.2";

/** What is wrong with it, in words; `undefined`: it can be used. Never quotes the key. */
export function certificateProblem({ cert, key }: Certificate, now: number): string | undefined {
	let own: X509Certificate;
	try {
		own = new X509Certificate(cert);
	} catch (error) {
		if (error instanceof Error) return "the certificate is not PEM";
		throw error;
	}
	try {
		// Refuses also what is too weak: keys of less than 2048 bits, SHA-1.
		createSecureContext({ cert, key, minVersion: TLS_MIN_VERSION });
	} catch (error) {
		const code = error instanceof Error && "code" in error ? String(error.code) : "not PEM";
		return `key and certificate do not work together (${code})`;
	}
	return Date.parse(own.validTo) < now ? `the certificate expired on ${own.validTo}` : undefined;
}
