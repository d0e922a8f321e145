// The panel in the sidebar, in Japanese.
import { BEHIND_MAX } from "../../../engine/mailbox/behind.ts";
import type { Words } from "../catalog.ts";
import { number, size } from "../counting.ts";
import { files } from "./common.ts";

export const panelText = {
	showMore: (count) => `さらに ${number(count)} 件を表示`,
	andMore: (count) => `ほか ${number(count)} 件`,
	inFolder: (folder) => `フォルダ：${folder}`,
} as const satisfies Words["panelText"];

export const activityWords = {
	title: "アクティビティ",
	filter: "ファイルかデバイスで絞り込む",
	none: "まだ何もありません。このデバイスやほかのデバイスでファイルに起きたことが、ここに並びます。",
	noMatch: "名前にそれを含むものは一覧にありません。",
	here: "このデバイスで",
	on: (device) => `${device} で`,
	elsewhere: "別のデバイスで",
	create: (where) => `${where}作成`,
	modify: (where) => `${where}変更`,
	delete: (where) => `${where}削除`,
	rename: (where) => `${where}名前を変更`,
	before: (name) => `以前は「${name}」`,
	merge: "2 台のデバイスで同時に編集され、両方の編集が入っています",
	conflict: (copy) => `2 台のデバイスで同時に編集されました。もう一方の文章は「${copy}」にあります`,
	held: (reason) => `待機中：${reason}`,
	stored: (count) => `${number(count)} 件の変更を、電源が切れているデバイスのために中継サーバーに預けました`,
	via: { direct: "直接届きました", turn: "TURN サーバー経由で届きました", relay: "中継サーバーから届きました" },
	save: "ファイルに保存",
	fileName: (date) => `PSync アクティビティ ${date}`,
	fileText:
		"起きたことの一覧です。新しいものが先で、時刻は協定世界時です。ファイルとデバイスは符号で示されます。符号はどこでも同じで、名前については何もわかりません。",
	saved: (path) => `「${path}」として保存しました。名前はすべて符号になっているので、ほかの人に見せられます。`,
	notSaved: (message) => `保存できませんでした（${message}）。空き容量を作って、もう一度お試しください。`,
} as const satisfies Words["activityWords"];

export const devicesWords = {
	title: "デバイス",
	notRunning: "同期が始まるとデバイスが表示されます。",
	alone: "ほかのデバイスはまだありません。追加するには、設定を開いて「別のデバイスをペアリング」を選んでください。",
	thisDevice: "このデバイス",
	platforms: { posix: "Linux", windows: "Windows", mac: "Mac", android: "Android", ios: "iPhone または iPad" },
	behind: (count) => (count >= BEHIND_MAX ? `${files(BEHIND_MAX)}以上の遅れ` : `${files(count)}の遅れ`),
	left: "そのデバイスのために中継サーバーに預けています",
	hasAll: "すべて届いています",
	toCome: (count) => `これから ${files(count)}が届きます`,
	path: { direct: "直接接続", turn: "TURN サーバー経由で接続" },
	actions: (name) => `${name} の操作`,
	rename: "このデバイスの名前を変更",
	pause: (name) => `${name} との同期を一時停止`,
	resume: (name) => `${name} との同期を再開`,
	name: "名前",
	nameDesc: "ほかのデバイスに表示されます。空にすると最初の名前に戻ります。",
	save: "保存",
} as const satisfies Words["devicesWords"];

export const heldWords = {
	title: "待機中のファイル",
	none: "待機中のものはありません。",
	tooLarge: (count, mib) =>
		`${files(count)}がこのデバイスの上限の ${number(mib)} MB を超えているため、そのままになっています。もっと大きいファイルも同期するには、設定の「同期する内容」で「ファイルの最大サイズ」を上げてください。`,
	large: {
		coming: (received, total) => `分割して受け取っています（${size(total)} のうち ${size(received)}）。`,
		queued: "ほかのファイルの後に、分割して受け取ります。",
		waiting: "内容を持つデバイスがつながると、分割して受け取ります。",
		here: "このデバイスにあります。ここでの変更は送られません。",
		"changed-here": "このデバイスで変更されましたが、ここからは送れません。そのまま残ります。",
		"other-file": "同じ名前の別のファイルがこのデバイスにありますが、ここからは送れません。そのまま残ります。",
		"removed-here":
			"ここで削除されました。新しいバージョンがあるか、「ファイルの最大サイズ」をこのファイルより大きくすると、また届きます。ほかのデバイスには残ります。",
		folder: "別のデバイスに同じ名前のフォルダがあります。どちらかの名前を変更してください。",
		"send-only": "このデバイスは送るだけで、ほかのデバイスのファイルを受け取りません。",
		"two-versions": "2 台のデバイスが別々に変更しました。バージョンが 1 つになると届きます。",
		off: "このデバイスが受け取る大きさを超えており、「大きいファイルを分割して受け取る」がオフです。",
		beyond: "どのデバイスからも送れない大きさです。",
		unknown: "このデバイスで保存場所を確認できませんでした。自動で再試行します。",
	},
	inParts: (count) => `分割して受け取る大きいファイル（${number(count)}）`,
	lasting: (count) => `${files(count)}は同期の対象外です`,
	why: (reason) => reason,
	show: (count) => `${files(count)}を表示`,
	filesOf: "待機中のファイル",
} as const satisfies Words["heldWords"];

export const storageWords = {
	title: "使用容量",
	history: "このデバイスにある以前のバージョン",
	historyOf: (versions, bytes, budget) =>
		`ファイルの以前のバージョンが ${number(versions)} 個あり、最大 ${size(budget)} のうち ${size(bytes)} を使っています。古いものは新しいものに場所を譲ります。`,
	counting: "数えています。",
	none: "まだ何も置き換えられたり削除されたりしていません。",
	notRunning: "同期が始まると表示されます。",
	relay: "中継サーバー",
} as const satisfies Words["storageWords"];

export const whereWords = {
	title: "このノートはどこにありますか？",
	noFile: "ノートを開くと、ここと同じ内容を持つデバイスが表示されます。",
	looking: "中継サーバーに問い合わせています。",
	has: "あります",
	stored: "このデバイスのために中継サーバーが預かっています",
	lacking: "まだありません",
	notKnown: "不明：接続していません",
	changing: "ちょうど変更中か、ここでは同期の対象外です。",
	alone: "置けるほかのデバイスがありません。",
	byConnection:
		"接続していないデバイスに何があるかは、変更を中継サーバーに預けているときにわかります。設定でオンにできます。",
} as const satisfies Words["whereWords"];
