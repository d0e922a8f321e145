// The app’s own settings, as they wait for a person, in Japanese.
import type { Words } from "../catalog.ts";
import { number } from "../counting.ts";

export const settingsSyncText = {
	heading: "Obsidian の設定",
	toReview: "確認待ち",
	desc: "アプリ自体の設定です。デバイスごとに選びます。ほかのデバイスでの変更は、ここで使うまで一覧に残り、ひとりでに変わることはありません。プラグイン自身の設定とデータは同期されません。",
	waiting: (count) =>
		count === 0
			? "確認待ちの設定はありません。"
			: `ほかのデバイスで ${number(count)} 件の設定が変わりました。確認して、ここで使うものを選んでください。`,
	waitsForGroup: "このデバイスの設定は、ほかのデバイスの内容がそろいしだい送られます。",
	restart: "使った設定をすべて反映するには、Obsidian を再起動してください。",
	kindNames: {
		app: { name: "エディタ、ファイル、リンク", desc: "ファイル app.json です。" },
		appearance: { name: "外観", desc: "テーマ、フォント、色、つまりファイル appearance.json です。" },
		themes: { name: "テーマ", desc: "インストール済みのテーマです。" },
		snippets: { name: "スニペット", desc: "末尾が .css のスタイルのファイルです。" },
		hotkeys: { name: "ホットキー", desc: "ファイル hotkeys.json です。" },
		corePlugins: { name: "コアプラグイン", desc: "どれが有効か、つまりファイル core-plugins.json です。" },
		communityPlugins: {
			name: "コミュニティプラグインの一覧",
			desc: "どれが有効かだけです。インストールはされず、ここにないプラグインは名前が表示されます。",
		},
		pluginCode: {
			name: "コミュニティプラグイン",
			desc: "インストール済みのプラグインです。プラグイン自身の設定とデータは含みません。どのバージョンも、このデバイスでインストールするまでここに残ります。",
		},
	},
	changes: {
		new: "このデバイスにはまだありません。",
		changed: "ほかのデバイスで変更されました。",
		both: "ここと、ほかのデバイスとで異なります。",
		removed: "ほかのデバイスで削除されました。",
	},
	from: (device) => `${device} から。`,
	turnsOn: (plugins) => `有効になるもの：${plugins}。`,
	turnsOff: (plugins) => `無効になるもの：${plugins}。`,
	missing: (plugins) => `ここにないもの：${plugins}。必要なら先にインストールしてください。`,
	version: (version, author) => (author === "" ? `バージョン ${version}。` : `バージョン ${version}、作者 ${author}。`),
	versionHere: (version) => `このデバイスにあるのはバージョン ${version} です。`,
	isProgram: "プラグインはプログラムです。すべてのノートを読み、インターネットを使えます。",
	isOff: "インストールしただけでは有効になりません。有効にするのは Obsidian の設定です。",
	keepsData: "プラグイン自身の設定とデータはこのデバイスに残ります。",
	unfit: {
		"too-large": "この種のファイルとしては大きすぎるため、ここでは使えません。",
		"not-text": "テキストではないため、ここでは使えません。",
		"not-settings": "Obsidian が読めない内容のため、ここでは使えません。",
		"not-plugin": "完全なプラグインではないか、名前のとおりのプラグインではないため、ここにはインストールできません。",
		"newer-app": "より新しい Obsidian が必要です。",
		"desktop-only": "パソコンでのみ動作します。",
	},
	apply: "ここで使う",
	install: "ここにインストール",
	remove: "ここから削除",
	useMine: "こちらをすべてで使う",
	leave: "このデバイスでは使わない",
	takeAgain: "もう一度対象にする",
	putBack: "前のものに戻す",
	actionOn: (action, name) => `${action}：${name}`,
	apart: "このデバイスではそのまま",
	changedMeanwhile: "この設定はその間に変わりました。もう一度確認してください。",
	failed: (why) => `できませんでした（${why}）。失われたものはありません。もう一度試してください。`,
} as const satisfies Words["settingsSyncText"];
