// A device of the playground: starts by itself, from what its server says it has.
import type { AppOptions } from "./app-page.ts";
import { toBase64 } from "./base64.ts";
import "./device-page.ts";
import type { DeviceWindow } from "./device-page.ts";

export interface PlaygroundDevice {
	readonly files: Readonly<Record<string, string>>;
	readonly options: AppOptions;
}

async function start(): Promise<void> {
	const { device } = window as unknown as DeviceWindow;
	const { files, options } = (await (await fetch("/device.json")).json()) as PlaygroundDevice;
	for (const [path, text] of Object.entries(files)) {
		device.write(path, toBase64(new TextEncoder().encode(text)), undefined, options.vault);
	}
	await device.start(options);
	document.querySelector("iframe")?.setAttribute("data-ready", "");
}

void start();
