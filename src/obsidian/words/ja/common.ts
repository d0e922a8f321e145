// Japanese, polite (です・ます) in sentences, nouns and plain verbs on buttons. The words of the app's own Japanese: 保管庫 (vault), ノート,
// ファイル, フォルダ, 添付ファイル, デバイス, 設定, プラグイン, コミュニティプラグイン, ステータスバー, バージョン履歴, 競合 (conflict),
// 同期, 再開. Ours: グループ, グループキー, 中継サーバー (relay), アクセスコード, ペアリング, ペアリングリンク, 復旧シート (recovery sheet),
// 同期済み (in sync), 待機中 (held), パネル.
import { number } from "../counting.ts";

export const product = "PSync";

/** A sentence ends with a full stop that brings its own room. */
export const gap = "";

export function ago(elapsedMs: number): string {
	const minutes = Math.floor(elapsedMs / 60_000);
	if (minutes < 1) return "たった今";
	if (minutes < 60) return `${number(minutes)} 分前`;
	const hours = Math.floor(minutes / 60);
	if (hours < 48) return `${number(hours)} 時間前`;
	return `${number(Math.floor(hours / 24))} 日前`;
}

export function files(count: number): string {
	return `${number(count)} 個のファイル`;
}

export function list(names: readonly string[]): string {
	return new Intl.ListFormat("ja").format(names);
}

export function facts(parts: readonly string[]): string {
	return parts.join("、");
}

export function labelled(label: string, text: string): string {
	return `${label}：${text}`;
}
