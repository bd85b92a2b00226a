/*
 * What the readers of settings do with any bytes, for libFuzzer: the first byte says which form the
 * others are in. Whatever they are, a reading is one that is believed; and a file whose secrets were
 * written over asks for the same again, without them.
 */
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include "settings/files/packed.h"
#include "settings/folder.h"
#include "settings/shown.h"
#include "settings/values.h"

static void expect(bool good, const char *what)
{
	if (good)
		return;
	std::cerr << "wrong: " << what << '\n';
	abort();
}

static Reading looked_at(Reading (*read)(const std::string &), const std::string &text)
{
	const Reading reading = read(text);
	Reading same = {};

	expect(unpacked(packed(reading), same), "a reading that is not believed");
	expect(reading.problems.size() <= TOLD, "more problems are told than should be");
	for (const auto &[place, said] : reading.problems)
		expect(shown(said, 1000) == said && said.size() < 250,
		       "a problem is told as no terminal should have it");
	for (const auto &[key, value] : reading.values)
		expect(!value.refused || !reading.problems.empty(),
		       "something is refused and nothing told");
	for (const auto &[begin, instead] : reading.secrets)
		expect(begin <= text.size() && instead.size() <= text.size() - begin,
		       "a secret that is not in the text");
	return same;
}

static size_t times(const std::string &text, const std::string &word)
{
	size_t count = 0;

	for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1))
		count++;
	return count;
}

/* A secret does not stay in a file that is kept, but where it is something else, too. */
static void look_for(const Reading &reading, const std::string &text, const std::string &after)
{
	for (const auto &[key, value] : reading.values) {
		const setting *one = known(key);
		if (value.refused || (one ? !one->secret : key != "user.password"))
			continue;
		const std::string &secret = value.texts[0];
		if (!kept(secret) && times(text, secret) > 0)
			expect(times(after, secret) < times(text, secret), "a secret that stays");
	}
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "downbeat.toml",  "custom.toml",
					     "user-data",      "meta-data",
					     "network-config", "wpa_supplicant.conf",
					     "userconf.txt",   "ssh" };
	if (size == 0)
		return 0;
	const auto read = reader_of(names[data[0] % std::size(names)]);
	const std::string text(reinterpret_cast<const char *>(data) + 1, size - 1);
	const Reading reading = looked_at(read, text);
	const std::string after = masked(text, reading);
	expect(after.size() == text.size(), "another length");
	look_for(reading, text, after);
	const Reading again = looked_at(read, after);
	for (const auto &[key, value] : again.values) {
		const setting *one = known(key);
		if (!value.refused && (one ? one->secret : key == "user.password"))
			expect(kept(value.texts[0]), "a secret that is read again");
	}
	return 0;
}
