// Reads QR codes as a camera would, with another library than the one that draws them.
import type { Locator, Page } from "playwright-core";
import decodeQr from "qr/decode.js";

const SQUARE_PIXELS = 4;

/** What is on the screen there; throws when no code can be read. */
export async function readQrOnScreen(locator: Locator, page: Page): Promise<string> {
	const png = (await locator.screenshot()).toString("base64");
	const image = await page.evaluate(async (base64) => {
		const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
		const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
		const { width, height } = bitmap;
		const context = new OffscreenCanvas(width, height).getContext("2d");
		context?.drawImage(bitmap, 0, 0);
		return { width, height, data: [...(context?.getImageData(0, 0, width, height).data ?? [])] };
	}, png);
	return decodeQr({ ...image, data: Uint8Array.from(image.data) });
}

/** What stands in a terminal whose blocks are light: each character is two squares, one over the other. */
export function readQrInTerminal(lines: readonly string[]): string {
	const rows = lines.flatMap((line) => [
		Array.from(line, (character) => "█▀".includes(character)),
		Array.from(line, (character) => "█▄".includes(character)),
	]);
	const size = { width: (rows[0]?.length ?? 0) * SQUARE_PIXELS, height: rows.length * SQUARE_PIXELS };
	const data = new Uint8Array(size.width * size.height * 4).fill(255);
	for (let y = 0; y < size.height; y++) {
		for (let x = 0; x < size.width; x++) {
			const isLight = rows[Math.floor(y / SQUARE_PIXELS)]?.[Math.floor(x / SQUARE_PIXELS)] === true;
			if (!isLight) data.fill(0, 4 * (y * size.width + x), 4 * (y * size.width + x) + 3);
		}
	}
	return decodeQr({ ...size, data });
}
