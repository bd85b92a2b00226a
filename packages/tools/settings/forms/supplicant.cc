#include <algorithm>
#include "forms.h"
#include "node.h"
#include "../utf8.h"
#include "../values.h"

namespace
{
/* What stands behind the = of a line. */
struct Line {
	std::string key, value;
	Place place;  /* of the value */
	size_t begin; /* of its bytes in the text */
	size_t size;  /* of all up to the end of the line: a comment behind it may say it, too */
};

struct Block {
	std::vector<Line> lines;
	Place place;
};
} // namespace

static std::string without_spaces(const std::string &text)
{
	const size_t begin = text.find_first_not_of(" \t\r");

	return begin == std::string::npos
		       ? ""
		       : text.substr(begin, text.find_last_not_of(" \t\r") + 1 - begin);
}

/* In quotes, up to the last of them; what has none goes up to a comment. */
static std::string value_of(const std::string &text)
{
	const size_t last = text.rfind('"');

	if (text[0] == '"')
		return last > 0 ? text.substr(0, last + 1) : text;
	return without_spaces(text.substr(0, text.find('#')));
}

static bool in_quotes(const std::string &value)
{
	return value.size() >= 2 && value[0] == '"' && value.back() == '"';
}

static const Line *line_of(const Block &block, const char *key)
{
	for (const Line &line : block.lines)
		if (line.key == key)
			return &line;
	return nullptr;
}

static void hide(Reading &reading, const Line &line, bool good)
{
	const size_t quotes = in_quotes(line.value) ? 1 : 0;
	std::string instead = line.value;

	if (good)
		instead.replace(quotes, instead.size() - 2 * quotes, instead.size() - 2 * quotes,
				'*');
	else {
		std::string gone = quotes ? '"' + GONE + '"' : GONE;
		gone.resize(instead.size(), ' ');
		instead = gone;
	}
	instead.resize(line.size, ' ');
	reading.secrets.push_back({ line.begin, instead });
}

/* A text in quotes, or bytes of two digits each; Raspberry Pi Imager 2.0 writes hex: in front of those. */
static void take_ssid(Reading &reading, const Line &ssid)
{
	const std::string &value = ssid.value;

	if (in_quotes(value))
		give(reading, "wifi.ssid", value.substr(1, value.size() - 2), ssid.place, ssid.key);
	else
		give_octets(reading,
			    bytes_of_hex(value.substr(value.rfind("hex:", 0) == 0 ? 4 : 0)),
			    ssid.place, ssid.key);
}

static bool secret_key(const std::string &key)
{
	return secret_name(key) || key == "pin" || key == "private_key";
}

/* Whether a key of a network leaves it what it is to this system. */
static bool needless(const std::string &key)
{
	static const char *const keys[] = { "ssid",     "key_mgmt", "scan_ssid", "disabled",
					    "priority", "id_str",   "proto",     "pairwise",
					    "group",    "auth_alg", "ieee80211w" };

	return std::find(std::begin(keys), std::end(keys), key) != std::end(keys);
}

static void take_key(Reading &reading, const Line &psk)
{
	const bool text = in_quotes(psk.value);
	const bool good = text ? give(reading, "wifi.password",
				      psk.value.substr(1, psk.value.size() - 2), psk.place, psk.key)
			       : give(reading, "wifi.psk", psk.value, psk.place, psk.key);

	hide(reading, psk, good);
}

static void take_block(Reading &reading, const Block &block)
{
	const Line *ssid = line_of(block, "ssid"), *how = line_of(block, "key_mgmt");
	const Line *psk = line_of(block, "psk"), *sae = line_of(block, "sae_password");
	const auto manages = [&](const char *word) {
		return (" " + how->value + " ").find(word) != std::string::npos;
	};
	const bool open = how && how->value == "NONE";
	const bool unknown = how && !open && !manages(" WPA-PSK ") && !manages(" SAE ") &&
			     !manages(" WPA-PSK-SHA256 ");

	if (ssid)
		take_ssid(reading, *ssid);
	else
		refuse(reading, "wifi.ssid", block.place, "network: expected ssid= in it");
	for (const Line &line : block.lines)
		if (&line == psk || (&line == sae && !psk))
			take_key(reading, line);
		else if (line.key == "scan_ssid" && line.value != "0" && line.value != "1")
			refuse(reading, "wifi.hidden", line.place, "scan_ssid: expected 0 or 1");
		else if (line.key == "scan_ssid")
			reading.values["wifi.hidden"] = { { line.value == "1" ? "true" : "false" },
							  false };
		else if (line.key == "mode" && line.value != "0")
			refuse(reading, "wifi.ssid", line.place,
			       "mode: expected 0: the card joins a network, and makes none");
		else if (secret_key(line.key)) {
			hide(reading, line, false);
			if (&line != sae)
				refuse(reading, "wifi.ssid", line.place,
				       named(line.key) + ": expected psk= and no other key");
		} else if (!unknown && !needless(line.key) && line.key != "mode")
			tell(reading, line.place,
			     named(line.key) + ": this system does not read it");
	if (unknown)
		refuse(reading, "wifi.ssid", how->place, "key_mgmt: expected WPA-PSK, SAE or NONE");
	/* without key_mgmt it is no open network either */
	else if (!psk && !sae && !open)
		refuse(reading, "wifi.ssid", block.place,
		       "network: expected psk= in it, or key_mgmt=NONE for an open one");
}

Reading read_supplicant(const std::string &text)
{
	Reading reading = {};
	std::vector<Block> blocks;
	bool inside = false;
	unsigned long number = 1;

	for (size_t begin = text.compare(0, 3, "\xef\xbb\xbf") == 0 ? 3 : 0; begin < text.size();
	     number++) {
		const size_t end = std::min(text.find('\n', begin), text.size());
		const std::string whole = text.substr(begin, end - begin);
		const size_t equals = whole.find('=');
		const std::string key = without_spaces(whole.substr(0, equals));
		const size_t from = equals == std::string::npos
					    ? whole.size()
					    : std::min(whole.find_first_not_of(" \t", equals + 1),
						       whole.size());
		const std::string value = value_of(without_spaces(whole.substr(from)));
		const size_t last = std::max(whole.find_last_not_of(" \t\r") + 1, from);
		const Line line = { key, value, { number, from + 1 }, begin + from, last - from };
		begin = end + 1;
		if (key.empty())
			continue;
		if (key[0] == '#') {
			/* wpa_passphrase leaves the password in a comment */
			if (secret_key(key.substr(
				    std::min(key.find_first_not_of("# \t"), key.size()))))
				hide(reading, line, false);
			continue;
		}
		if (key == "}")
			inside = false;
		else if (!inside && key == "network" && value == "{") {
			inside = true;
			blocks.push_back({ {}, { number, 1 } });
		} else if (equals == std::string::npos)
			tell(reading, { number, 1 }, "expected a key, = and a value");
		else if (inside)
			blocks.back().lines.push_back(line);
		else if (key == "country")
			give(reading, "wifi.country", value, line.place, key);
		else if (secret_key(key)) {
			tell(reading, line.place, named(key) + ": this system does not read it");
			hide(reading, line, false);
		} else if (key != "ctrl_interface" && key != "update_config" && key != "ap_scan" &&
			   key != "fast_reauth" && key != "eapol_version" && key != "p2p_disabled")
			tell(reading, line.place, named(key) + ": this system does not read it");
	}
	if (inside)
		tell(reading, blocks.back().place,
		     "network: expected a } behind it, in a line of its own");
	bool taken = false;
	for (const Block &block : blocks) {
		if (line_of(block, "disabled") && line_of(block, "disabled")->value == "1")
			tell(reading, block.place, "network: it is disabled");
		else if (!taken) {
			take_block(reading, block);
			taken = true;
			continue;
		} else
			tell(reading, block.place,
			     "network: the card joins one network, the first of these");
		for (const Line &line : block.lines)
			if (secret_key(line.key))
				hide(reading, line, false);
	}
	/* a line of it may have more than one key in it */
	if (inside)
		for (const Line &line : blocks.back().lines)
			if (!secret_key(line.key))
				hide(reading, line, false);
	return reading;
}
