// The panel in the sidebar, in Japanese.
import type { Words } from "../catalog.ts";
import { number } from "../counting.ts";

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
