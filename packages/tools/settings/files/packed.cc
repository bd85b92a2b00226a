#include "packed.h"
#include <cstring>
#include "../shown.h"
#include "../values.h"

static void put(std::string &bytes, unsigned long number)
{
	const unsigned long long wide = number;

	bytes.append(reinterpret_cast<const char *>(&wide), sizeof wide);
}

static void put(std::string &bytes, const std::string &text)
{
	put(bytes, text.size());
	bytes += text;
}

std::string packed(const Reading &reading)
{
	std::string bytes;

	put(bytes, reading.more);
	put(bytes, reading.problems.size());
	for (const auto &[place, text] : reading.problems)
		put(bytes, place.line), put(bytes, place.column), put(bytes, text);
	put(bytes, reading.values.size());
	for (const auto &[key, value] : reading.values) {
		put(bytes, key), put(bytes, value.refused), put(bytes, value.texts.size());
		for (const std::string &text : value.texts)
			put(bytes, text);
	}
	put(bytes, reading.secrets.size());
	for (const auto &[begin, instead] : reading.secrets)
		put(bytes, begin), put(bytes, instead);
	return bytes;
}

namespace
{
/* What is left of the bytes; `good` until something is missing. */
struct Rest {
	const std::string &bytes;
	size_t at;
	bool good;
};
} // namespace

static unsigned long number(Rest &rest)
{
	unsigned long long wide = 0;

	if (rest.bytes.size() - rest.at < sizeof wide) {
		rest.good = false;
		return 0;
	}
	memcpy(&wide, &rest.bytes[rest.at], sizeof wide);
	rest.at += sizeof wide;
	return wide;
}

static std::string text(Rest &rest)
{
	const size_t size = number(rest);

	if (!rest.good || size > rest.bytes.size() - rest.at) {
		rest.good = false;
		return "";
	}
	rest.at += size;
	return rest.bytes.substr(rest.at - size, size);
}

/* The name of a network is bytes, and is written on as such. */
static bool good_text(const setting &one, const std::string &text)
{
	return fits(one, text) || (std::string("wifi.ssid") == one.key && fits_octets(one, text));
}

/* Once more, and by itself: what the reader has found to be good. */
static bool believed(const std::string &key, const Value &value)
{
	const setting *one = known(key);

	if (value.refused)
		return value.texts.empty() && (one || key == setting_password.key);
	for (const std::string &each : value.texts)
		if (one ? one->kind == TEXT || one->kind == TEXTS ? !good_text(*one, each)
								  : !plain(each) || each.size() > 20
			: key != setting_password.key || !fits(setting_password, each))
			return false;
	return (one && one->kind == TEXTS) || value.texts.size() == 1;
}

bool unpacked(const std::string &bytes, Reading &reading)
{
	Rest rest = { bytes, 0, true };

	reading.more = number(rest);
	for (size_t left = number(rest); rest.good && left > 0; left--) {
		const unsigned long line = number(rest), column = number(rest);
		reading.problems.push_back({ { line, column }, shown(text(rest), 400) });
		rest.good = rest.good && reading.problems.size() <= TOLD;
	}
	for (size_t left = number(rest); rest.good && left > 0; left--) {
		const std::string key = text(rest);
		Value value = { {}, number(rest) != 0 };
		for (size_t texts = number(rest); rest.good && texts > 0; texts--)
			value.texts.push_back(text(rest));
		rest.good = rest.good && believed(key, value);
		reading.values[key] = value;
	}
	for (size_t left = number(rest); rest.good && left > 0; left--) {
		const size_t begin = number(rest);
		reading.secrets.push_back({ begin, text(rest) });
	}
	return rest.good && rest.at == bytes.size();
}
