#include "values.h"
#include <algorithm>
#include <cstring>
#include <map>
#include <regex>
#include "utf8.h"

const setting *known(const std::string &key)
{
	for (const setting &one : settings_known)
		if (key == one.key)
			return &one;
	return nullptr;
}

bool plain(const std::string &text)
{
	size_t length = 0;
	unsigned long code;

	for (size_t at = 0; at < text.size(); at += length) {
		length = character(text, at, code);
		if (length == 0 || code < 0x20 || (code >= 0x7f && code < 0xa0) ||
		    (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069))
			return false;
	}
	return true;
}

static bool has(const table &names, const std::string &name)
{
	return std::binary_search(names.names, names.names + names.count, name);
}

static bool formed(const setting &one, const std::string &text)
{
	static std::map<const char *, std::regex> patterns;

	if (text.size() > static_cast<size_t>(one.max) || !plain(text))
		return false;
	/* the matcher that goes all ways at once: the other one takes stack for every character */
	const auto flags = std::regex::ECMAScript | std::regex_constants::__polynomial;
	const auto pattern = patterns.try_emplace(one.pattern, one.pattern, flags).first;
	return std::regex_match(text, pattern->second);
}

bool fits(const setting &one, const std::string &text)
{
	return formed(one, text) && (!one.among || has(*one.among, text)) &&
	       (!one.none_of || !has(*one.none_of, text));
}

bool fits_octets(const setting &one, const std::string &bytes)
{
	return !bytes.empty() && bytes.size() <= static_cast<size_t>(one.max);
}

bool fits(const setting &one, long number)
{
	return number >= one.min && number <= one.max;
}

bool kept(const std::string &text)
{
	return !text.empty() && text.find_first_not_of('*') == std::string::npos;
}

/* How many letters have to be changed to make one word the other, for "did you mean"; `most`: so many, or more. */
static size_t distance(const std::string &a, const std::string &b, size_t most)
{
	std::vector<size_t> row(b.size() + 1);

	for (size_t j = 0; j <= b.size(); j++)
		row[j] = j;
	for (size_t i = 1; i <= a.size(); i++) {
		size_t corner = row[0]++;
		size_t least = row[0];
		for (size_t j = 1; j <= b.size(); j++) {
			const size_t change = corner + (a[i - 1] != b[j - 1]);
			corner = row[j];
			row[j] = std::min({ change, row[j] + 1, row[j - 1] + 1 });
			least = std::min(least, row[j]);
		}
		if (least >= most)
			return most;
	}
	return row[b.size()];
}

/* The word of some that is nearest to another, or nothing. */
static const char *nearest_of(const std::string &word, const std::vector<const char *> &words)
{
	const char *best = nullptr;
	size_t least = 3;

	for (const char *one : words) {
		const size_t letters = strlen(one);
		if (word.size() >= letters + least || letters >= word.size() + least)
			continue;
		const size_t far = distance(word, one, least);
		if (far < least)
			least = far, best = one;
	}
	return best;
}

static std::vector<const char *> names_of(bool secrets_alone)
{
	std::vector<const char *> names;

	for (const setting &one : settings_known)
		if (one.secret || !secrets_alone)
			names.push_back(one.key);
	return names;
}

const setting *nearest(const std::string &key)
{
	static const auto all = names_of(false);
	const char *name = nearest_of(key, all);

	return name ? known(name) : nullptr;
}

bool nearest_is_secret(const std::string &key)
{
	static const auto secrets = names_of(true);

	if (!nearest_of(key, secrets))
		return false;
	return nearest(key)->secret;
}

std::string why_not(const setting &one, const std::string &text)
{
	const std::string expected = std::string("expected ") + one.expected;

	if (one.none_of && has(*one.none_of, text))
		return "\"" + text + "\" is an account or a group of the system; take another name";
	for (const meant *known = one.meant; known && known->written; known++)
		if (text == known->written)
			return expected + " (did you mean \"" + known->meant + "\"?)";
	if (!one.among || !formed(one, text))
		return expected;
	const std::vector<const char *> names(one.among->names,
					      one.among->names + one.among->count);
	const char *near = nearest_of(text, names);
	return near ? expected + " (did you mean \"" + near + "\"?)" : expected;
}

/* So many bytes of the variants of a layout are told; some have more than thirty. */
static const size_t VARIANTS_TOLD = 120;

std::string why_not_variant(const std::string &layout, const std::string &variant)
{
	const table &all = layouts_and_variants;
	const std::string begin = layout + " ";
	std::string told;

	if (has(all, begin + variant))
		return "";
	for (auto one = std::lower_bound(all.names, all.names + all.count, begin);
	     one != all.names + all.count &&
	     begin.compare(0, begin.size(), *one, begin.size()) == 0;
	     one++)
		told += (told.empty() ? "" : ", ") + std::string(*one + begin.size());
	if (told.empty())
		return "expected none: the layout " + layout + " has no variants";
	if (told.size() > VARIANTS_TOLD)
		told = told.substr(0, told.rfind(", ", VARIANTS_TOLD)) + ", ...";
	return "expected a variant that the layout " + layout + " has: " + told;
}
