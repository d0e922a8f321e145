// Saving while somebody types, in Japanese.
import type { Words } from "../catalog.ts";

export const typingText = {
	whileTyping: "入力中に同期する",
	whileTypingDesc:
		"開いているノートを、入力が少し止まるたびに保存します。ほかのデバイスにすぐ表示され、アプリが急に終了しても失われる内容が少なくなります。オフの場合と、ほかのデバイスが同じノートを変更している間は、アプリが 2 秒ごとに保存します。スマートフォンではバッテリーを少し使います。",
} as const satisfies Words["typingText"];
