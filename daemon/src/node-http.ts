// The Http port over Node's fetch.
import { HttpError } from "../../src/engine/ports/http.ts";
import type { Http } from "../../src/engine/ports/http.ts";

const BODY_BYTES_MAX = 1024 * 1024;

export const nodeHttp: Http = async ({ method, url, headers, body, timeoutMs }) => {
	try {
		const response = await fetch(url, {
			method,
			headers: headers ?? {},
			// A relay answers where it was asked: following elsewhere could hand the proofs to a stranger.
			redirect: "error",
			signal: AbortSignal.timeout(timeoutMs),
			...(body === undefined ? {} : { body: typeof body === "string" ? body : new Uint8Array(body) }),
		});
		return { status: response.status, body: await readBody(response) };
	} catch (error) {
		if (error instanceof HttpError) throw error;
		// fetch has two: TypeError for every kind of network failure, DOMException for the timeout.
		if (!(error instanceof TypeError) && !(error instanceof DOMException)) throw error;
		throw new HttpError(`no answer from ${new URL(url).host}`, { cause: error });
	}
};

async function readBody(response: Response): Promise<Uint8Array> {
	const chunks: Uint8Array[] = [];
	let length = 0;
	for await (const chunk of response.body ?? []) {
		const bytes = chunk as Uint8Array;
		length += bytes.length;
		if (length > BODY_BYTES_MAX) throw new HttpError("the answer is longer than 1 MiB");
		chunks.push(bytes);
	}
	return new Uint8Array(Buffer.concat(chunks));
}
