#include "forms.h"
#include <optional>
#include "toml.h"

static Place place_of(const std::string &file, const toml::source_region &region)
{
	return { file, region.begin.line, region.begin.column };
}

/* Puts one value where it belongs, or says why not. */
static void take(Values &values, const std::string &key, const toml::node &node,
		 const std::string &file, const std::string &name)
{
	const setting &one = *known(key);
	std::vector<std::string> found;
	bool fit = false;

	if (one.kind == TEXT && node.is_string()) {
		found = { **node.as_string() };
		fit = fits(one, found[0]);
	} else if (one.kind == YES_NO && node.is_boolean()) {
		found = { **node.as_boolean() ? "true" : "false" };
		fit = true;
	} else if (one.kind == NUMBER && node.is_integer()) {
		found = { std::to_string(**node.as_integer()) };
		fit = fits(one, **node.as_integer());
	} else if (one.kind == TEXTS && node.is_array()) {
		fit = true;
		for (const toml::node &each : *node.as_array()) {
			if (!each.is_string() || !fits(one, **each.as_string()))
				return problem(place_of(file, each.source()),
					       name + ": expected " + one.expected);
			found.push_back(**each.as_string());
		}
	}
	if (!fit)
		return problem(place_of(file, node.source()), name + ": expected " + one.expected);
	values[key] = found;
}

/* Every key of a file with what it stands for: `means` gives our name for it, "" to pass it over, nothing if it knows none. */
template <typename Means>
static void walk(Values &values, const toml::table &table, const std::string &file,
		 const std::string &prefix, Means means)
{
	for (const auto &[key, node] : table) {
		const std::string name = prefix + std::string(key.str());
		if (node.is_table()) {
			walk(values, *node.as_table(), file, name + ".", means);
			continue;
		}
		const std::optional<std::string> ours = means(name);
		if (!ours)
			problem(place_of(file, key.source()),
				(plain(name) ? name.substr(0, 80) : "a key") +
					": there is no such setting" + did_you_mean(name));
		else if (!ours->empty())
			take(values, *ours, node, file, name);
	}
}

/* Nothing of this file can be applied: it stays where it is, for whoever wrote it to mend. */
static void unread(Values &values, const std::string &file)
{
	values["unread"].push_back(file);
}

static std::optional<toml::table> parsed(Values &values, const std::string &text,
					 const std::string &file)
{
	toml::parse_result result = toml::parse(text);
	if (result)
		return std::move(result).table();
	std::string what(result.error().description());
	/* the end of the line, in the words of the parser */
	if (what.find("control character") != std::string::npos)
		what += " (is there a quote at the end of the text?)";
	problem(place_of(file, result.error().source()), what);
	unread(values, file);
	return {};
}

void read_own(Values &values, const std::string &text, const std::string &file)
{
	Values own;
	const auto table = parsed(values, text, file);

	if (!table)
		return;
	walk(own, *table, file, "", [](const std::string &name) {
		return known(name) ? std::optional(name) : std::nullopt;
	});
	const auto anew = [&](const char *key) { return own.count(key) > 0 && !kept(own[key][0]); };
	const auto moved = own.count("wifi.ssid") > 0 && values.count("wifi.ssid") > 0 &&
			   own["wifi.ssid"] != values["wifi.ssid"];
	if (moved || anew("wifi.password") || anew("wifi.psk"))
		values.erase("wifi.password"), values.erase("wifi.psk");
	for (const auto &[key, found] : own)
		if (!known(key)->secret || !kept(found[0]) || values.count(key) == 0)
			values[key] = found;
}

void read_theirs(Values &values, const std::string &text, const std::string &file)
{
	static const std::map<std::string, std::string> names = {
		{ "config_version", "" },
		{ "system.hostname", "hostname" },
		{ "user.name", "user.name" },
		{ "user.password_encrypted", "" },
		{ "user.password", "" },
		{ "user.passwordless_sudo", "" },
		{ "user.groups", "" },
		{ "ssh.enabled", "ssh.enabled" },
		{ "ssh.password_authentication", "ssh.password_login" },
		{ "ssh.authorized_keys", "user.ssh_keys" },
		{ "wlan.ssid", "wifi.ssid" },
		{ "wlan.password", "" },
		{ "wlan.password_encrypted", "" },
		{ "wlan.hidden", "wifi.hidden" },
		{ "wlan.country", "wifi.country" },
		{ "locale.keymap", "keyboard" },
		{ "locale.timezone", "timezone" },
	};
	const auto table = parsed(values, text, file);

	if (!table)
		return;
	walk(values, *table, file, "", [](const std::string &name) {
		const auto found = names.find(name);
		return found == names.end() ? std::nullopt : std::optional(found->second);
	});
	const auto unable = [&](const toml::node *node, const char *what) {
		if (node)
			problem(place_of(file, node->source()), what);
	};
	if (!(*table)["user"]["passwordless_sudo"].value_or(true))
		unable((*table)["user"]["passwordless_sudo"].node(),
		       "user.passwordless_sudo: sudo asks for no password on this system");
	unable((*table)["user"]["groups"].node(),
	       "user.groups: the account stays in the groups of the image");
	/* A password is one or the hash of one, as the key beside it says. */
	const auto secret = [&](const char *group, const char *as_hash, const char *as_password) {
		const auto node = (*table)[group]["password"];
		const bool hashed = (*table)[group]["password_encrypted"].value_or(false);
		if (node)
			take(values, hashed ? as_hash : as_password, *node.node(), file,
			     std::string(group) + ".password");
	};
	secret("wlan", "wifi.psk", "wifi.password");
	if ((*table)["user"]["password_encrypted"].value_or(false))
		secret("user", "user.password_hash", "");
	else if (const auto *node = (*table)["user"]["password"].as_string()) {
		if (plain(**node) && !(*node)->empty() && (*node)->size() <= 255)
			values["user.password"] = { **node };
		else
			problem(place_of(file, node->source()),
				"user.password: expected one line of at most 255 bytes");
	}
}

void read_userconf(Values &values, const std::string &text, const std::string &file)
{
	const std::string line = text.substr(0, text.find_first_of("\r\n"));
	const size_t colon = line.find(':');

	unread(values, file);
	if (colon == std::string::npos || !fits(*known("user.name"), line.substr(0, colon)))
		return problem(
			{ file, 1, 1 },
			std::string(
				"expected a name and a hash with a colon between them: the name is ") +
				known("user.name")->expected);
	if (!fits(*known("user.password_hash"), line.substr(colon + 1)))
		return problem({ file, 1, colon + 2 },
			       std::string("behind the colon: expected ") +
				       known("user.password_hash")->expected);
	values["unread"].pop_back();
	values["user.name"] = { line.substr(0, colon) };
	values["user.password_hash"] = { line.substr(colon + 1) };
}
