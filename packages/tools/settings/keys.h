/* The keys of downbeat.toml. Made of the schema of its settings by ./downbeat generate. */
#pragma once

enum kind { TEXT, TEXTS, NUMBER, YES_NO };

inline const struct setting {
	const char *key;
	enum kind kind;
	const char *pattern;
	const char *expected;
	long min, max; /* of a number; of a text, max is its bytes */
	bool power_of_two, secret;
} settings_known[] = {
	{ "hostname", TEXT, "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])\?$", "letters, digits and \"-\", at most 63", 0, 255, false, false },
	{ "timezone", TEXT, "^[A-Z][A-Za-z0-9_+-]*(\\/[A-Za-z0-9_+-]+)*$", "a name such as Europe/Berlin", 0, 64, false, false },
	{ "keyboard", TEXT, "^[a-z]{2,12}$", "a layout such as de", 0, 12, false, false },
	{ "soundcard", TEXT, "^[a-z0-9][a-z0-9.+-]*$", "auto, or a name that `./downbeat list soundcards` prints", 0, 64, false, false },
	{ "read_only", YES_NO, "", "true or false", 0, 255, false, false },
	{ "autostart", TEXT, "^[^\\n]+$", "one command", 0, 1000, false, false },
	{ "user.name", TEXT, "^[a-z][a-z0-9_-]{0,30}$", "a Unix user name", 0, 255, false, false },
	{ "user.ssh_keys", TEXTS, "^(ssh-|ecdsa-|sk-)[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,3}( [^\\n]*)\?$", "a public key, such as the text of id_ed25519.pub", 0, 4000, false, false },
	{ "user.password_hash", TEXT, "^(\\$[a-z0-9]{1,6}\\$[A-Za-z0-9./$=,]+|\\*+)$", "what `openssl passwd -6` prints", 0, 300, false, true },
	{ "ssh.enabled", YES_NO, "", "true or false", 0, 255, false, false },
	{ "ssh.password_login", YES_NO, "", "true or false", 0, 255, false, false },
	{ "wifi.ssid", TEXT, "^[^\\n]+$", "the name of a network, at most 32 bytes", 0, 32, false, false },
	{ "wifi.password", TEXT, "^([ -~]{8,63}|[0-9A-Fa-f]{64}|\\*+)$", "8 to 63 characters of ASCII", 0, 64, false, true },
	{ "wifi.psk", TEXT, "^([0-9A-Fa-f]{64}|\\*+)$", "64 digits of 0-9 and a-f", 0, 64, false, true },
	{ "wifi.hidden", YES_NO, "", "true or false", 0, 255, false, false },
	{ "wifi.country", TEXT, "^[A-Z]{2}$", "two capital letters such as DE", 0, 2, false, false },
	{ "jack.period", NUMBER, "", "a whole number from 16 to 8192, a power of two", 16, 8192, true, false },
	{ "jack.periods", NUMBER, "", "a whole number from 2 to 8", 2, 8, false, false },
	{ "jack.rate", NUMBER, "", "a whole number from 8000 to 384000", 8000, 384000, false, false },
};
