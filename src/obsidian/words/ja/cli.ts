// What the app's own command line says, in Japanese.
import type { Words } from "../catalog.ts";
import { product } from "./common.ts";

export const cliText = {
	status: "同期の状態と、そこにいるデバイス",
	format: "出力の形式：text、またはスクリプト用の json",
	sync: "今すぐ変更を探す",
	syncing: "変更を探しています。",
	pause: "psync:resume まで送受信を止める",
	paused: `${product} は一時停止中です。変更は覚えてあり、psync:resume のあとに送られます。`,
	resume: "psync:pause のあとで再開する",
	resumed: `${product} を再開しました。`,
	conflicts: "競合のコピー：ノートとそのコピーを 1 行ずつ",
	noConflicts: "競合のコピーはありません。",
	held: "待機中のファイルとその理由",
	noneHeld: "待機中のファイルはありません。",
} as const satisfies Words["cliText"];
