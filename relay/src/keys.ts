// What the relay keeps to itself: the secret that signs its tokens, the one that hides the names of envelopes, and the access code
// when it asks for one. They live in the data folder, readable by its owner only; without a folder they last as long as the process.
import { randomBytes } from "node:crypto";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ACCESS_CODE_CHARS_MAX } from "../../src/wire/relay-api.ts";
import { makeFolder } from "./make-folder.ts";
import { weaknessOf } from "./secrets.ts";

const SECRET_FILE = "token-secret";
/** Another one, because the first may be made anew at any time, and envelopes have to stay readable. */
const ENVELOPE_SECRET_FILE = "envelope-secret";
const CODE_FILE = "access-code";
const SECRET_BYTES = 32;

export interface RelayKeys {
	readonly tokenSecret: Uint8Array;
	readonly envelopeSecret: Uint8Array;
	/** `undefined`: whoever can reach the relay may log in. */
	readonly accessCode: string | undefined;
	/** Made just now: a person has to be told. */
	readonly accessCodeIsNew: boolean;
}

export class RelayDataError extends Error {
	override readonly name = "RelayDataError";
}

export async function loadKeys(
	dataDir: string | undefined,
	access: { readonly needed: boolean; readonly given: string | undefined },
): Promise<RelayKeys> {
	if (dataDir !== undefined) await makeFolder(dataDir, 0o700);
	const secrets = {
		tokenSecret: await keptSecret(dataDir, SECRET_FILE),
		envelopeSecret: await keptSecret(dataDir, ENVELOPE_SECRET_FILE),
	};
	if (access.given !== undefined) {
		return { ...secrets, accessCode: checkedCode(access.given), accessCodeIsNew: false };
	}
	if (!access.needed) return { ...secrets, accessCode: undefined, accessCodeIsNew: false };
	const code = await keep(dataDir, CODE_FILE, newAccessCode);
	return { ...secrets, accessCode: checkedCode(code.text), accessCodeIsNew: code.isNew };
}

async function keptSecret(dataDir: string | undefined, name: string): Promise<Uint8Array> {
	const secret = await keep(dataDir, name, () => randomBytes(SECRET_BYTES).toString("hex"));
	if (!/^[0-9a-f]{64}$/.test(secret.text) || weaknessOf(secret.text) !== undefined) {
		throw new RelayDataError(`${name} in the data folder is not what this relay wrote: remove it to get a new one`);
	}
	return new Uint8Array(Buffer.from(secret.text, "hex"));
}

function checkedCode(code: string): string {
	const problem = codeProblem(code);
	if (problem !== undefined) throw new RelayDataError(`the access code cannot be used: ${problem}`);
	return code;
}

/** Why a code is none, without repeating it. */
export function codeProblem(code: string): string | undefined {
	if (/[^ -~]/.test(code) || code.trim() !== code) return "it takes plain letters, digits and signs on one line";
	if (code.length > ACCESS_CODE_CHARS_MAX) return `it has more than ${ACCESS_CODE_CHARS_MAX} characters`;
	return weaknessOf(code);
}

/** 80 random bits in an alphabet without look-alikes, in groups of four. */
function newAccessCode(): string {
	const alphabet = "abcdefghjkmnpqrstuvwxyz123456789";
	const letters = [...randomBytes(16)].map((byte) => alphabet[byte % 32]).join("");
	return (letters.match(/.{4}/g) ?? []).join("-");
}

async function keep(
	dataDir: string | undefined,
	name: string,
	make: () => string,
): Promise<{ readonly text: string; readonly isNew: boolean }> {
	if (dataDir === undefined) return { text: make(), isNew: true };
	const file = join(dataDir, name);
	const text = make();
	try {
		await writeFile(file, `${text}\n`, { flag: "wx", mode: 0o600 });
		return { text, isNew: true };
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
		// Somebody may have copied the folder with wider permissions.
		await chmod(file, 0o600);
		return { text: (await readFile(file, "utf8")).trim(), isNew: false };
	}
}
