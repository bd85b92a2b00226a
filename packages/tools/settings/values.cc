#include "values.h"
#include <algorithm>
#include <cstdio>
#include <regex>

int problems;

void problem(const Place &place, const std::string &text)
{
	fprintf(stderr, "%s:%lu:%lu %s\n", place.file.c_str(), place.line, place.column,
		text.c_str());
	problems++;
}

const setting *known(const std::string &key)
{
	for (const setting &one : settings_known)
		if (key == one.key)
			return &one;
	return nullptr;
}

bool plain(const std::string &text)
{
	for (size_t i = 0; i < text.size();) {
		const unsigned char first = text[i];
		const int more = first < 0x80    ? 0
				 : first >= 0xf0 ? 3
				 : first >= 0xe0 ? 2
				 : first >= 0xc2 ? 1
						 : -1;
		if (first < 0x20 || first == 0x7f || first > 0xf4 || more < 0 ||
		    i + more >= text.size())
			return false;
		for (int j = 1; j <= more; j++)
			if ((text[i + j] & 0xc0) != 0x80)
				return false;
		i += more + 1;
	}
	return true;
}

bool fits(const setting &one, const std::string &text)
{
	/* the length first: the matcher takes stack for every character */
	return text.size() <= static_cast<size_t>(one.max) && plain(text) &&
	       std::regex_match(text, std::regex(one.pattern));
}

bool fits(const setting &one, long number)
{
	return number >= one.min && number <= one.max &&
	       (!one.power_of_two || (number & (number - 1)) == 0);
}

bool kept(const std::string &text)
{
	return !text.empty() && text.find_first_not_of('*') == std::string::npos;
}

/* How many letters have to be changed to make one word the other, for "did you mean". */
static size_t distance(const std::string &a, const std::string &b)
{
	std::vector<size_t> row(b.size() + 1);

	for (size_t j = 0; j <= b.size(); j++)
		row[j] = j;
	for (size_t i = 1; i <= a.size(); i++) {
		size_t corner = row[0]++;
		for (size_t j = 1; j <= b.size(); j++) {
			const size_t change = corner + (a[i - 1] != b[j - 1]);
			corner = row[j];
			row[j] = std::min({ change, row[j] + 1, row[j - 1] + 1 });
		}
	}
	return row[b.size()];
}

std::string did_you_mean(const std::string &key)
{
	const setting *nearest = nullptr;
	size_t least = 3;

	for (const setting &one : settings_known) {
		const size_t far = distance(key.substr(0, 64), one.key);
		if (far < least)
			least = far, nearest = &one;
	}
	return nearest ? " (did you mean \"" + std::string(nearest->key) + "\"?)" : "";
}
