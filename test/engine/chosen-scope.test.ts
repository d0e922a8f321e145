// Rules and choices of one device, as the engine asks for them.
import { expect, test } from "vitest";
import { pathKey } from "../../src/core/path.ts";
import { ChosenScope } from "../../src/engine/chosen-scope.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { MemoryChoices, MemoryScope } from "../support/memory-scope.ts";

function bench() {
	const [rules, choices] = [new MemoryScope(), new MemoryChoices()];
	const scope = new ChosenScope(rules, choices);
	const out = async (path: string): Promise<boolean> =>
		(await scope.current()).scope.leavesOut(pathKey(testPath(path)));
	return { rules, choices, scope, out };
}

test("[L12] what rules or choices leave out is left out, at once, and the smaller limit counts", async () => {
	const { rules, choices, scope, out } = bench();
	rules.set("*.tmp", 30);
	choices.choose({ notIn: [testPath("A")], maxBytes: 20 });
	expect([await out("a.tmp"), await out("A/b.md"), await out("b.md")]).toEqual([true, true, false]);
	expect((await scope.current()).scope.maxBytes).toBe(20);
	choices.choose({});
	expect([await out("a.tmp"), await out("A/b.md")]).toEqual([true, false]);
	expect((await scope.current()).scope.maxBytes).toBe(30);
});

test("[L12] is the same scope as long as nothing changed, and tells of both", async () => {
	const { rules, choices, scope } = bench();
	let told = 0;
	const unwatch = scope.watch(() => {
		told++;
	});
	const { scope: first } = await scope.current();
	expect((await scope.current()).scope).toBe(first);
	choices.choose({ notOf: ["video"] });
	rules.tell();
	expect(told).toBe(2);
	expect((await scope.current()).scope).not.toBe(first);
	unwatch();
	choices.choose({});
	expect(told).toBe(2);
});

test("[L2 L12] what is wrong with the rules is said with choices beside them", async () => {
	const { rules, scope } = bench();
	rules.problem = "line 2";
	expect((await scope.current()).problem).toBe("line 2");
});
