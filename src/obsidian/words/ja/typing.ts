// Saving while somebody types, in Japanese.
import type { Words } from "../catalog.ts";

export const typingText = {
	whileTyping: "入力中に同期する",
	whileTypingDesc:
		"開いているノートを、入力が少し止まるたびに保存します。ほかのデバイスにすぐ表示され、アプリが終了しても保存前の内容が失われません。オフの場合は 2 秒ごとに保存されます。スマートフォンではバッテリーを少し使います。",
} as const satisfies Words["typingText"];
