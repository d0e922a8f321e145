// Indexes and contents as they are read out of packs.
import { describe, expect, test } from "vitest";
import { readContent, readIndex } from "../../../src/engine/mailbox/stored-contents.ts";
import { nobleDigest } from "../../../src/web/noble-digest.ts";
import { INDEX_BYTES_MAX } from "../../../src/wire/limits.ts";
import { encodeIndex, type StoredContent } from "../../../src/wire/mailbox-index.ts";
import { testHash } from "../../support/arbitrary-records.ts";
import { concatBytes } from "../../../src/core/bytes.ts";
import { defined } from "../../support/relay-clients.ts";
import { hashOf, noise, refusal, SealingGroup } from "../../support/sealed-mailbox.ts";

const group = await SealingGroup.of(1);
const pieces = [noise(5000), new TextEncoder().encode("a line\n".repeat(900)), noise(7)];
const content = concatBytes(...pieces);
const [one, two] = [await group.pack(...pieces.slice(0, 2)), await group.pack(...pieces.slice(2))];
const stored: StoredContent = {
	hash: hashOf(content),
	pieces: [
		...one.places.map((place) => ({ pack: one.id, ...place })),
		...two.places.map((place) => ({ pack: two.id, ...place })),
	],
};
const readerOf = (id: string) => [one, two].flatMap((pack) => (pack.id === id ? [group.reader(pack)] : []))[0];
const read = (more: Partial<StoredContent> = {}, size = content.length) =>
	readContent({ ...stored, ...more }, size, readerOf, nobleDigest);

describe("[ZF3] a content", () => {
	test("comes whole out of pieces in several packs", async () => {
		expect(Buffer.from(await read()).equals(content)).toBe(true);
	});

	test("is refused when it is not what its hash or its record says, or a piece is gone", async () => {
		expect(await refusal(() => read({ hash: testHash(1) }))).toBe("other-content");
		expect(await refusal(() => read({}, content.length + 1))).toBe("other-content");
		expect(await refusal(() => read({ pieces: stored.pieces.toReversed() }))).toBe("other-content");
		const gone = stored.pieces.map((piece) => ({ ...piece, pack: "00".repeat(16) as typeof piece.pack }));
		expect(await refusal(() => read({ pieces: gone }))).toBe("missing");
	});
});

describe("[ZF6] an index", () => {
	const encoded = defined(encodeIndex({ records: [], contents: [stored] }));

	test("is read from its place, when it is the one that the head names", async () => {
		const pack = await group.pack(encoded);
		const index = { pack: pack.id, ...defined(pack.places[0]) };
		const reader = group.reader(pack);
		expect(await readIndex({ index, hash: hashOf(encoded) }, reader, nobleDigest)).toEqual({
			records: [],
			contents: [stored],
		});
		expect(await refusal(() => readIndex({ index, hash: testHash(1) }, reader, nobleDigest))).toBe("other-content");
		const large = { ...index, size: INDEX_BYTES_MAX + 1, isCompressed: true };
		expect(await refusal(() => readIndex({ index: large, hash: hashOf(encoded) }, reader, nobleDigest))).toBe(
			"too-large",
		);
	});
});
