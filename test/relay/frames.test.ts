import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseDeviceFrame } from "../../relay/src/frames.ts";
import { parsePeerId } from "../../src/wire/relay-api.ts";

const peerId = fc.stringMatching(/^[0-9a-f]{32}$/);

describe("a device's frame", () => {
	it("is understood, whatever is in its payload, and what is not of the protocol is dropped", () => {
		const payload = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));
		const type = fc.constantFrom("OFFER", "ANSWER", "CANDIDATE");
		fc.assert(
			fc.property(type, peerId, payload, (type, dst, payload) => {
				const sent = JSON.stringify({ type, dst, payload, src: "forged", extra: 1 });
				const frame = parseDeviceFrame(sent);
				expect(frame).toMatchObject({ type, dst });
				expect(Object.keys(frame ?? {}).sort()).toEqual(["dst", "payload", "type"]);
			}),
		);
	});

	it("that is any other text or JSON is nothing, and never an exception", () => {
		fc.assert(fc.property(fc.string(), (text) => parseDeviceFrame(text) === undefined));
		fc.assert(fc.property(fc.json(), (text) => parseDeviceFrame(text) === undefined));
	});

	it("may be as deep as an honest one and no deeper; brackets inside of text do not count", () => {
		const dst = parsePeerId("0".repeat(32));
		const at = (depth: number): string =>
			`{"type":"OFFER","dst":"${String(dst)}","payload":{"x":${"[".repeat(depth)}${"]".repeat(depth)}}}`;
		expect(parseDeviceFrame(at(14))).toBeDefined();
		expect(parseDeviceFrame(at(15))).toBeUndefined();
		const text = JSON.stringify({ type: "OFFER", dst, payload: { x: '[{"\\'.repeat(200) } });
		expect(parseDeviceFrame(text)).toBeDefined();
	});
});
