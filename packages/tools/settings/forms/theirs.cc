#include <algorithm>
#include "forms.h"
#include "walk.h"
#include "../utf8.h"

static const std::map<std::string, std::string> names = {
	{ "config_version", "" },
	{ "system.hostname", "" },
	{ "user.name", "user.name" },
	{ "user.password_encrypted", "" },
	{ "user.password", "" },
	{ "user.passwordless_sudo", "" },
	{ "user.groups", "" },
	{ "ssh.enabled", "ssh.enabled" },
	{ "ssh.password_authentication", "ssh.password_login" },
	{ "ssh.authorized_keys", "user.ssh_keys" },
	{ "wlan.ssid", "wifi.ssid" },
	{ "wlan.ssid_hex", "" },
	{ "wlan.key_mgmt", "" },
	{ "wlan.password", "" },
	{ "wlan.password_encrypted", "" },
	{ "wlan.hidden", "wifi.hidden" },
	{ "wlan.country", "wifi.country" },
	{ "locale.keymap", "keyboard" },
	{ "locale.timezone", "timezone" },
};

/* A password is one or the hash of one, as the key beside it says. */
static void take_password(const Source &source, const Node *table, const std::string &name,
			  const std::string &as_hash, const std::string &as_password)
{
	const Node *password = at(table, "password"), *hashed = at(table, "password_encrypted");

	if (hashed && !truth(source, *hashed)) {
		refuse(source.reading, as_hash, hashed->place,
		       name + "_encrypted: expected true or false");
		if (password)
			hide(source, *password, false);
	} else if (password)
		take(source, hashed && *truth(source, *hashed) ? as_hash : as_password, *password,
		     name);
}

static void take_network(const Source &source, const Node *table)
{
	if (const Node *hex = at(table, "ssid_hex"))
		give_octets(source.reading, bytes_of_hex(hex->text), hex->place, "wlan.ssid_hex");
	take_password(source, table, "wlan.password", "wifi.psk", "wifi.password");
	const Node *how = at(table, "key_mgmt");
	static const char *const known[] = { "none", "wpa-psk", "sae" };
	if (how && std::find(std::begin(known), std::end(known), how->text) == std::end(known))
		refuse(source.reading, "wifi.ssid", how->place,
		       "wlan.key_mgmt: expected none, wpa-psk or sae");
	/* no password was given, and yet it is not an open network */
	else if (how && how->text != "none" && !at(table, "password"))
		refuse(source.reading, "wifi.ssid", how->place,
		       "wlan.key_mgmt: expected wlan.password beside it");
}

Reading read_theirs(const std::string &text)
{
	Reading reading = {};
	const Source source = { text, false, reading };
	const auto root = parse_toml(source);

	if (!root)
		return reading;
	walk(
		source, *root, "",
		[](const std::string &name) {
			const auto found = names.find(name);
			return found == names.end() ? std::nullopt : std::optional(found->second);
		},
		[](const std::string &) { return ""; });
	const Node *user = at(&*root, "user");
	take_host_name(source, at(at(&*root, "system"), "hostname"), "system.hostname");
	if (const Node *sudo = at(user, "passwordless_sudo");
	    sudo && !truth(source, *sudo).value_or(false))
		tell(reading, sudo->place,
		     "user.passwordless_sudo: sudo asks for no password on this system");
	if (const Node *groups = at(user, "groups"); groups && !usual_groups(*groups))
		tell(reading, groups->place,
		     "user.groups: the account stays in the groups of the image");
	take_password(source, user, "user.password", "user.password_hash", "user.password");
	take_network(source, at(&*root, "wlan"));
	return reading;
}
