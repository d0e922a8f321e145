// What is left with the relay, and who has a note, in Japanese.
import { ONLY_HERE_MAX } from "../../../engine/mailbox/only-here.ts";
import type { Words } from "../catalog.ts";
import { number } from "../counting.ts";
import { labelled, list } from "./common.ts";

export const mailboxText = {
	heading: "変更を中継サーバーに預ける",
	uses: "電源が切れているデバイスへの変更",
	usesDesc:
		"ここで書いたものは、ほかのデバイスの電源が入ったときに、このデバイスが切れていても届きます。届くまでは鍵をかけた状態で中継サーバーに置かれ、中継サーバーが読むことはできません。",
	largest: "預けるファイルの最大サイズ",
	largestDesc:
		"これより大きいファイルは、両方のデバイスの電源が入っている間に直接送られます。ほかのデバイスに届くまで、このデバイスを閉じてよいとは表示されません。",
	upTo: (mib) => (mib === 0 ? "制限なし" : `${number(mib)} MB`),
	wholeCopy: "保管庫全体のコピー",
	wholeCopyDesc:
		"新しいデバイスは、ほかのどのデバイスの電源が切れていても、すべてのノートを受け取れます。コピーにも鍵がかかり、変更に自動で追従し、保管庫とほぼ同じ容量を使います。",
	stored: "中継サーバーに預けているもの",
	used: (used, allowed) => `すべてのデバイスを合わせて、${allowed} のうち ${used} を使用しています。`,
	whole: "保管庫全体のコピーを含みます。",
	words: {
		starting: "同期が始まると表示されます。",
		unused:
			"このデバイスは今後、中継サーバーに何も預けず、何も受け取りません。そこにあるものは、削除されるか、数週間後に中継サーバーが片付けるまで残ります。",
		looking: "中継サーバーに問い合わせています。",
		nothing: "何も預けていません。",
		off: "この中継サーバーは何も預かりません。変更は、両方のデバイスの電源が入っている間に直接送られます。",
		full: "空き容量がありません。変更はデバイスに残り、両方の電源が入っている間に直接送られます。失われるものはなく、自動で再試行されます。空きを作るには、まだ受け取っていないデバイスの電源を入れるか、預けているものを削除してください。",
		trouble:
			"中継サーバーはいま何も受け付けません。変更は、両方のデバイスの電源が入っている間に直接送られ、自動で再試行されます。",
	},

	clear: "預けているものをすべて削除",
	clearTitle: "中継サーバーに預けているものをすべて削除しますか？",
	clearText: [
		"どのデバイスが預けたものも、保管庫全体のコピーも含めて削除されます。デバイスにあるノートはそのまま残ります。",
		"電源が切れていて、まだ受け取っていないデバイスは、両方の電源が入ったときに別のデバイスから受け取ります。変更を預ける設定がこのデバイスかほかのデバイスでオンの間は、足りないものがもう一度預けられます。",
	],
	clearing: "中継サーバーに預けているものを削除しています。",
	cleared: "中継サーバーに預けていたものをすべて削除しました。",
	clearFailed: "いまは削除できませんでした。中継サーバーの応答が正しくありません。1 分後にもう一度お試しください。",

	onlyHere: (count) => {
		if (count === 0) return "閉じても大丈夫です：このデバイスだけにあるものはありません";
		return count >= ONLY_HERE_MAX
			? "まだこのデバイスだけにある変更がたくさんあります"
			: `${number(count)} 件の変更がまだこのデバイスだけにあります`;
	},
} as const satisfies Words["mailboxText"];

export const receiptText = {
	show: "このノートがあるデバイスを表示",
	says: (what, facts) => labelled(what, facts.join("、")),
	note: "このノート",
	file: "このファイル",
	has: (names) => `${list(names)} にあります`,
	stored: (names) => `${list(names)} のために中継サーバーに預けています`,
	lacking: (names) => `${list(names)} にはまだありません`,
	onlyHere: "このデバイスだけにあります",
	nobody: "置けるほかのデバイスがありません",
	unknown: "ちょうど変更中か、ここでは同期の対象外です",
} as const satisfies Words["receiptText"];
