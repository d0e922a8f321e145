// Words by which the app's search finds a setting too, in Japanese.
import type { Words } from "../catalog.ts";

export const searchWords = {
	setUp: "開始|始める|ウィザード",
	groupKey: "パスワード|ペアリング|デバイス|QR|リンク|参加",
	relay: "サーバー|URL",
	devices: "削除|紛失|盗難|メンバー|承認",
	mailbox: "メールボックス|オフライン|不在|ストレージ",
	largest: "添付ファイル|サイズ|画像|上限",
	wholeCopy: "バックアップ",
	stored: "容量|空き|削除",
	whileTyping: "リアルタイム|自動保存|遅延|共同編集",
	wifiOnly: "モバイルデータ|データ通信|通信量|バッテリー",
	limits: "制限|速度|帯域",
	debounce: "遅延",
	kinds: "添付ファイル|ファイル形式",
	sizes: "サイズ|上限|添付ファイル",
	patterns: "無視|除外|gitignore|psyncignore",
	appSettings: "テーマ|スニペット|ホットキー|プラグイン|外観",
} as const satisfies Words["searchWords"];
