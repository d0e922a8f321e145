// Commands, menu and notices, in Japanese.
import type { Words } from "../catalog.ts";
import { number } from "../counting.ts";
import { product } from "./common.ts";

export const actions = {
	syncNow: "今すぐ同期",
	pause: "同期を一時停止",
	resume: "同期を再開",
	showStatus: "同期の状態を表示",
	acceptDeletions: "本当に削除した",
	rejectDeletions: "元に戻す",
	openSettings: "設定を開く",
	openPanel: "パネルを開く",
	devices: "デバイス",
	noDevices: "ほかのデバイスはまだありません",
} as const satisfies Words["actions"];

export const notices = {
	enabled: `${product} が有効になりました。この保管庫をすべてのデバイスで同じ内容に保つには、セットアップしてください。2 分で終わります。`,
	settingsPath: `設定を開き、「コミュニティプラグイン」の ${product} を選んでください。`,
	conflicts: (count) =>
		`${number(count)} 個のノートが 2 台のデバイスで同時に編集されました。どちらの文章も残っています。パネルを開いて選んでください。`,
	lookingNow: "変更を探しています。",
	joined: "この保管庫はグループに参加しました。ほかのデバイスのノートは、そのどれかがオンラインになると届きます。",
	notSaved: (message) =>
		`設定を保存できませんでした（${message}）。アプリを閉じるまでは有効です。このデバイスの空き容量を増やしてから、もう一度変更してください。`,
} as const satisfies Words["notices"];
