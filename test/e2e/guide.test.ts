// The walk-through of readme/guide/README.md, taken by two devices and a relay that are all real: what it says is there is there. `npm run
// pictures` puts its pictures beside it.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Locator } from "playwright-core";
import { expect, it } from "vitest";
import { openDevice } from "../host/device.ts";
import type { HostDevice } from "../host/device.ts";
import { chromiumAndRelay } from "../support/chromium-and-relay.ts";
import { diskHolds, statusShows } from "../support/plugin-devices.ts";
import { readQrOnScreen } from "../support/qr-reader.ts";

const app = chromiumAndRelay();
const GUIDE = new URL("../../readme/guide/README.md", import.meta.url);
const NOTE = "Ideas/Balcony garden.md";
const TEXT = "# Balcony garden\n\nTomatoes want six hours of sun.\n\nAsk Noor about the blue pots.\n";
const FILES = { [NOTE]: TEXT, "Journal.md": "", "Reading list.md": "", "Shopping.md": "" };

it("shows what the guide says, from the first device to the removal of a lost one", async () => {
	const taken: string[] = [];
	const picture = async (name: string, of: Locator): Promise<void> => {
		taken.push(`${name}.png`);
		await of.waitFor();
		// What was said before is not what the picture is of.
		for (const said of (await of.page().frame("app")?.locator(".notice").all()) ?? [])
			await said.evaluate((el) => {
				el.remove();
			});
		const folder = process.env["PSYNC_PICTURES"];
		if (folder === undefined) return;
		await mkdir(path.join(folder, "guide"), { recursive: true });
		await writeFile(path.join(folder, "guide", `${name}.png`), await of.page().screenshot());
	};

	const laptop = await openDevice(app.browser, { name: "Notes", files: FILES });
	await laptop.page.setViewportSize({ width: 900, height: 620 });
	await laptop.runCommand("psync:set-up");
	await picture("set-up", dialog(laptop));
	await dialog(laptop).getByText("This is my first device").click();
	await dialog(laptop).getByLabel("Name of this device").fill("Laptop");
	await dialog(laptop).getByLabel("Relay address").fill(app.relayUrl);
	await button(laptop, "Test connection").click();
	await dialog(laptop).getByText("The relay answers and lets this device in.").waitFor();
	await picture("first-device", dialog(laptop));
	await button(laptop, "Begin").click();
	const code = laptop.frame().locator(".psync-pair .psync-qr");
	await picture("code", code);
	const link = await readQrOnScreen(code, laptop.page);
	await laptop.page.keyboard.press("Escape");

	const phone = await openDevice(app.browser, {
		...{ name: "Notes", platform: "android" },
		app: { localStorage: { "psync-device-name": "Phone" } },
	});
	await phone.page.setViewportSize({ width: 390, height: 720 });
	await phone.openLink(link);
	await picture("join", dialog(phone));
	await button(phone, "Join").click();
	await diskHolds(phone, NOTE, TEXT);
	await statusShows(phone, "In sync");
	await laptop.frame().locator(".notice").getByRole("button", { name: "Close" }).click();
	await laptop.runCommand("psync:open-panel");
	await laptop.frame().locator(".psync-panel").getByText("Phone").first().waitFor();
	await picture("panel", laptop.frame().locator(".psync-panel"));

	await phone.runCommand("psync:pause");
	await statusShows(phone, "Paused");
	await phone.writeFile(NOTE, TEXT.replace("six hours", "eight hours"));
	await laptop.writeFile(NOTE, TEXT.replace("six hours", "all the"));
	await phone.runCommand("psync:resume");
	const conflicts = laptop.frame().locator('[data-section="conflicts"]');
	await conflicts.getByText("Balcony garden").waitFor();
	await laptop.runCommand("psync:show-conflicts");
	await dialog(laptop).locator("mark").first().waitFor();
	await picture("conflict", dialog(laptop));
	await button(laptop, /^Keep 1/).click();
	await dialog(laptop).waitFor({ state: "detached" });
	await conflicts.getByText("No conflicts").waitFor();

	await phone.deleteFile("Shopping.md");
	await diskHolds(laptop, "Shopping.md", undefined);
	await laptop.runCommand("psync:show-deleted");
	await dialog(laptop).getByText("Shopping").first().waitFor();
	await picture("deleted", dialog(laptop));
	await dialog(laptop)
		.getByRole("button", { name: /^Restore/ })
		.first()
		.click();
	await diskHolds(phone, "Shopping.md", "");
	await laptop.page.keyboard.press("Escape");

	await laptop.openSettings();
	await laptop.frame().getByRole("button", { name: "Remove Phone" }).click();
	await picture("remove", dialog(laptop).last());
	await dialog(laptop).last().getByRole("button", { name: "Remove Phone" }).click();
	await statusShows(phone, "Removed from the group");
	await phone.frame().locator(".psync-ribbon").click();
	await picture("removed", phone.frame().locator(".menu"));

	const guide = await readFile(GUIDE, "utf8");
	const shown = [...guide.matchAll(/\]\(([a-z-]+\.png)\)/g)].map(([, name]) => name);
	expect(shown).toEqual(taken);
	await laptop.close();
	await phone.close();
});

function dialog(device: HostDevice): Locator {
	return device.frame().locator(".modal:not(.mod-settings)");
}

function button(device: HostDevice, name: string | RegExp): Locator {
	return dialog(device).getByRole("button", { name }).first();
}
