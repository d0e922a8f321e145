// Wrote four-words.json, once, from Node's own crypto alone, and from the list of words as it is.
// Usage: node test/vectors/make-four-words.mjs > test/vectors/four-words.json
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const source = readFileSync(new URL("../../src/core/four-words.ts", import.meta.url), "utf8");
const words = (/`\n([a-z\s]+)`/.exec(source)?.[1] ?? "").trim().split(/\s+/);
const hex = (digit) => digit.repeat(64);

const cases = [
	[hex("0"), hex("1"), hex("2")],
	[hex("a"), hex("1"), hex("2")],
	[hex("0"), hex("f"), hex("2")],
	[createHash("sha256").update("root").digest("hex"), createHash("sha256").update("phone").digest("hex"), hex("e")],
].map(([root, a, b]) => {
	const hash = createHash("sha256").update("psync/words/1");
	for (const id of [root, ...[a, b].sort()]) hash.update(Buffer.from(id, "hex"));
	return { root, a, b, words: [...hash.digest().subarray(0, 4)].map((byte) => words[byte]) };
});

process.stdout.write(`${JSON.stringify({ cases }, undefined, "\t")}\n`);
