// What is sealed for one device opens there, and nowhere else.
import { describe, expect, it } from "vitest";
import {
	agreementKeyFromJwk,
	agreementKeyFromPair,
	newAgreementJwk,
	newAgreementPair,
	sealEnvelope,
} from "../../src/web/envelope.ts";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const CONTEXT = utf8("key 3");
const SECRET = utf8("a new group key of 32 bytes ....");

describe("an envelope", () => {
	it("opens for its device and context, and is another one each time", async () => {
		const phone = await agreementKeyFromPair(await newAgreementPair());
		const [one, two] = [
			await sealEnvelope(phone.publicKey, SECRET, CONTEXT),
			await sealEnvelope(phone.publicKey, SECRET, CONTEXT),
		];
		expect(one).not.toEqual(two);
		for (const envelope of [one, two]) expect(await phone.open(envelope, CONTEXT)).toEqual(SECRET);
	});

	it("opens with a key that was kept as text", async () => {
		const jwk = await newAgreementJwk();
		const [before, after] = [
			await agreementKeyFromJwk(jwk),
			await agreementKeyFromJwk(JSON.parse(JSON.stringify(jwk)) as JsonWebKey),
		];
		expect(await after.open(await sealEnvelope(before.publicKey, SECRET, CONTEXT), CONTEXT)).toEqual(SECRET);
	});

	it("opens for no other device, in no other context, and with no bit changed", async () => {
		const [phone, tablet] = [
			await agreementKeyFromPair(await newAgreementPair()),
			await agreementKeyFromPair(await newAgreementPair()),
		];
		const envelope = await sealEnvelope(phone.publicKey, SECRET, CONTEXT);
		expect(await tablet.open(envelope, CONTEXT)).toBeUndefined();
		expect(await phone.open(envelope, utf8("key 4"))).toBeUndefined();
		for (const at of [0, 1, 40, 65, envelope.length - 1]) {
			const changed = envelope.slice();
			changed[at] = (changed[at] ?? 0) ^ 1;
			expect(await phone.open(changed, CONTEXT)).toBeUndefined();
		}
		expect(await phone.open(envelope.subarray(0, 70), CONTEXT)).toBeUndefined();
	});

	it("cannot be made for what is no key", async () => {
		const noPoint = new Uint8Array(65).fill(4);
		await expect(sealEnvelope(noPoint, SECRET, CONTEXT)).rejects.toMatchObject({ name: "DataError" });
		await expect(agreementKeyFromJwk({})).rejects.toMatchObject({ name: "DataError" });
	});
});
