#include "folder.h"
#include <algorithm>
#include "files/apart.h"
#include "files/file.h"
#include "forms/forms.h"
#include "psk.h"
#include "values.h"

/* The later of two files has the last word: ours over the others'. */
static const struct form {
	const char *file;
	Reading (*read)(const std::string &text);
} forms[] = {
	{ "rpi-preseed.toml", read_theirs },
	{ "custom.toml", read_theirs },
	{ "meta-data", read_meta_data },
	{ "user-data", read_user_data },
	{ "network-config", read_network_config },
	{ "wpa_supplicant.conf", read_supplicant },
	{ "userconf", read_userconf },
	{ "userconf.txt", read_userconf },
	{ "ssh", read_ssh },
	{ "ssh.txt", read_ssh },
	{ "downbeat.toml", read_own },
};

Reading (*reader_of(const std::string &name))(const std::string &)
{
	for (const form &one : forms)
		if (name == one.file)
			return one.read;
	return nullptr;
}

static const char *const network[] = { "wifi.ssid", "wifi.password", "wifi.psk", "wifi.hidden" };

/*
 * Puts what a file says over what those before it said. A network of which something was refused is
 * none: a network without its password would be an open one. A password belongs to the network
 * beside it, and goes with it; so does a variant with its layout. Stars do not undo a secret that a
 * file before gives anew.
 */
static void merge(Values &all, Values file)
{
	const auto given = [&](const char *key) {
		const auto found = file.find(key);
		return found != file.end() && !found->second.refused;
	};
	bool refused = false;

	for (const char *key : network)
		refused = refused || (file.count(key) > 0 && file[key].refused);
	if (refused) {
		for (const char *key : network)
			file.erase(key);
		file["wifi.ssid"] = { {}, true };
	}
	const auto anew = [&](const char *key) { return given(key) && !kept(file[key].texts[0]); };
	const auto other = [&](const char *key) {
		return given(key) && all.count(key) > 0 && all[key].texts != file[key].texts;
	};
	if (other("keyboard"))
		all.erase("keyboard_variant");
	const bool moved = other("wifi.ssid");
	if (moved || anew("wifi.password") || anew("wifi.psk"))
		all.erase("wifi.password"), all.erase("wifi.psk");
	if (moved)
		all.erase("wifi.hidden");
	if (given("user.password"))
		all.erase("user.password_hash");
	if (anew("user.password_hash"))
		all.erase("user.password");
	for (const auto &[key, value] : file) {
		const auto before = all.find(key);
		const setting *one = known(key);
		const bool stars = !value.refused && one && one->secret && kept(value.texts[0]);
		/* what is refused changes nothing, and is remembered where nobody else has said anything */
		if (before == all.end() || before->second.refused || (!stars && !value.refused))
			all[key] = value;
	}
}

/* What belongs to a network is nothing without its name. */
static void look_for_name(Asked &asked)
{
	if (asked.values.count("wifi.ssid") > 0)
		return;
	for (const char *key : network)
		if (asked.values.erase(key) > 0)
			asked.problems.push_back(std::string(key) +
						 ": expected wifi.ssid beside it");
}

/* The password of a network becomes its key here, and goes no further. */
static void derive_key(Asked &asked)
{
	Values &values = asked.values;
	const auto password = values.find("wifi.password");

	if (password == values.end())
		return;
	const std::string text = password->second.texts[0];
	values.erase(password);
	const auto psk_given = values.find("wifi.psk");
	/* the key itself, as it is put there anew, beside a password of before */
	if (psk_given != values.end() && !kept(psk_given->second.texts[0]))
		return;
	const Value &ssid = values["wifi.ssid"];
	if (!ssid.refused)
		values["wifi.psk"] = {
			{ kept(text) || text.size() == 64 ? text : psk(text, ssid.texts[0]) }, false
		};
}

static std::string place_of(const std::string &file, const Place &place)
{
	return place.line == 0 ? file + ":"
			       : file + ":" + std::to_string(place.line) + ":" +
					 std::to_string(place.column);
}

static void read_file(Asked &asked, const std::string &folder, const form &one)
{
	const std::string file = one.file;
	const Content found = content(folder + "/" + file);
	Reading reading = {};

	if (found.state == Content::ABSENT)
		return;
	if (found.state == Content::ODD)
		tell(reading, { 0, 0 }, found.text);
	else if (!read_apart([&] { return one.read(found.text); }, reading)) {
		reading = {};
		tell(reading, { 0, 0 },
		     "it could not be read: its reader was stopped. Write it anew, or delete it");
	}
	std::stable_sort(reading.problems.begin(), reading.problems.end(),
			 [](const Problem &one, const Problem &other) {
				 return std::pair(one.place.line, one.place.column) <
					std::pair(other.place.line, other.place.column);
			 });
	for (const auto &[place, text] : reading.problems)
		asked.problems.push_back(place_of(file, place) + " " + text);
	if (reading.more > 0)
		asked.problems.push_back(file + ": and " + std::to_string(reading.more) + " more");
	if (!reading.problems.empty())
		asked.keep.push_back(file);
	merge(asked.values, reading.values);
}

/* Windows hides the ending of a name, and its editors add one. */
static void look_for_endings(Asked &asked, const std::string &folder)
{
	for (const form &one : forms) {
		const std::string file = one.file + std::string(".txt");
		if (!reader_of(file) && content(folder + "/" + file).state != Content::ABSENT)
			asked.problems.push_back(file + ": it is not read: its name has to be " +
						 one.file);
	}
}

Asked read_folder(const std::string &folder, const std::vector<std::string> &without)
{
	Asked asked;

	for (const form &one : forms)
		if (std::find(without.begin(), without.end(), one.file) == without.end())
			read_file(asked, folder, one);
	look_for_endings(asked, folder);
	look_for_name(asked);
	derive_key(asked);
	return asked;
}

std::optional<std::string> masked_file(const std::string &path)
{
	const auto read = reader_of(path.substr(path.rfind('/') + 1));
	const Content found = content(path);
	Reading reading = {};

	if (!read || found.state != Content::WHOLE ||
	    !read_apart([&] { return read(found.text); }, reading))
		return {};
	for (const auto &[begin, instead] : reading.secrets)
		if (begin > found.text.size() || instead.size() > found.text.size() - begin ||
		    instead.find_first_not_of("*?\"'0~ \r\n") != std::string::npos)
			return {};
	return masked(found.text, reading);
}
