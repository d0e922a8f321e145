// What a device leaves at the relay for others when it has the name of a change, and its bytes not.
import { expect, test } from "vitest";
import { alone, apart, filesOf, problemsOf, stored } from "../../support/apart.ts";

test("[S9 ZD7] a claim that ends before a change whose bytes are not there makes the author of that change begin nothing anew", async () => {
	const settings = (name: string) => (name === "alice" ? { mode: "send-only" as const } : {});
	const group = await apart({ "note.md": "one" }, { settings });
	const { world, mailboxes } = group;
	const [alice, bob] = [world.device("alice"), world.device("bob")];
	// The relay takes nothing from the author: it is for alice to leave it for carol.
	mailboxes.fail("unreachable");
	world.launch(alice);
	world.launch(bob);
	await world.clock.advance(30_000);
	const photo = world.random.bytes(300 * 1024);
	bob.vault.save("photo.bin", photo);
	await world.clock.advance(10_000);
	await world.quit(bob);
	alice.vault.save("note.md", "two");
	mailboxes.fail(undefined);
	await world.clock.advance(10 * 60_000);
	await world.quit(alice);
	expect(stored(group).packs.size).toBe(1);

	await alone(group, "bob");
	expect(problemsOf(group, "bob")).toEqual([]);
	const carol = await alone(group, "carol");
	expect(filesOf(carol)["note.md"]).toBe("two");
	expect(Buffer.from(carol.vault.files().get("photo.bin") ?? []).equals(photo)).toBe(true);
});
