// What stops or troubles the syncing as a whole, in Japanese.
import type { Words } from "../catalog.ts";
import { files, list } from "./common.ts";
import { phaseSentences } from "./status.ts";

export const problemSentences = {
	"relay-refused": phaseSentences.refused,
	"vault-missing": "この保管庫のフォルダが見つかりません。戻るまで何も変更しません。",
	"group-key-not-kept":
		"グループの新しいキーを、このデバイスに保存できません。空き容量を作ってください。自動で再試行します。それまでは、古いキーを持つデバイスとだけつながります。",
	"records-differ":
		"2 台のデバイスのノートが、本来同じはずなのに違っていることがわかりました。すべてを比べて直しています。",
	"relay-full":
		"中継サーバーにこのグループの空き容量がないため、電源が切れているデバイスへの変更を預けられません。変更は別のデバイスから届きます。自動で再試行します。",
	"relay-full-for-copy":
		"中継サーバーに、保管庫全体のコピーを置く空き容量がありません。電源が切れているデバイスへの変更は、空きがある限り引き続き預けます。",
	"relay-older-copy":
		"中継サーバーが、デバイスの預けたものの古いコピーを示しています。それは使わず、必要なものをもう一度預けます。失われるものはありません。",
	"relay-two-copies":
		"中継サーバーが、預けたものとして 2 台のデバイスに違うコピーを示しました。デバイスどうしは同期を続け、必要なものをもう一度預けます。失われるものはありません。",
	"relay-unreadable":
		"中継サーバーが示しているものは、ノートを変更できるこのグループのデバイスが預けたものではありません。それは使わず、必要なものをもう一度預けます。",
	"state-rolled-back":
		"このデバイスが覚えていた同期の状態は、古いものかコピーでした。足りないことは、ほかのデバイスから受け取ります。",
	tampering:
		"デバイスの間にいる何者か（中継サーバーかもしれません）が、やり取りを偽造しています。デバイスはそれに気づき、その経路ではノートを一切送っていません。続くようなら、別の中継サーバーを使ってください。",
} as const satisfies Words["problemSentences"];

export const problemCauses = {
	internal: (cause) =>
		`PSync の中で問題が起きたため停止しました：${cause}。ノートは無事です。アプリを再起動し、また起きるようなら報告してください。`,
	storage: (cause) =>
		`このデバイスは変更を記録できないため、何も送っていません：${cause}。空き容量を確認してください。自動で再試行します。`,
} as const satisfies Words["problemCauses"];

const untold = "本当に削除したとあなたが答えるまで、ほかのデバイスには伝えません。";

export const deletionsText = {
	what: ({ why, count, by }) => {
		switch (why) {
			case "elsewhere":
				return `${by.length === 0 ? "別のデバイス" : list(by)} で ${files(count)}が一度に削除されました。`;
			case "missing":
				return `ここで ${files(count)}がなくなったか空になっていますが、誰が削除したのかわかりません。`;
			case "deleted":
				return `ここで ${files(count)}が一度に削除されたか空になりました。`;
			case "emptied":
				return `この保管庫にはほとんど何も残っていません：${files(count)}がなくなりました。`;
		}
	},
	next: {
		elsewhere: "本当に削除したとあなたが答えるまで、ここに残ります。",
		missing: untold,
		deleted: untold,
		emptied: "ファイルが戻るか、本当に削除したとあなたが答えるまで、ここでもほかのデバイスでも何も変更しません。",
	},
} as const satisfies Words["deletionsText"];

const rulesReasons = {
	unreadable: "読み取れません",
	"too-long": "長すぎます",
	"not-text": "テキストファイルではありません",
	"open-bracket": "[ の後に ] がありません",
	"unknown-set": "[ と ] の間は !、^、[、] で始められません",
	"ends-in-backslash": "末尾がバックスラッシュです",
	"not-understood": "理解できません",
};

export const rulesSentence = (({ file, line, why }) =>
	`${line === undefined ? file : `${file} の ${String(line)} 行目`}：${rulesReasons[why]}。これまでの規則がそのまま有効です。`) satisfies Words["rulesSentence"];
