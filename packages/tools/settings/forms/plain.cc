/* The forms that are a line, or none. */
#include <algorithm>
#include <cstring>
#include "forms.h"
#include "../values.h"

Reading read_ssh(const std::string &)
{
	return { { { "ssh.enabled", { { "true" }, false } } }, {}, 0, {} };
}

/* Without spaces and the like at its end: what is written over a longer text has some. */
static size_t end_of(const std::string &text, size_t begin, size_t end)
{
	while (end > begin && strchr(" \t\r\n", text[end - 1]))
		end--;
	return end;
}

Reading read_userconf(const std::string &text)
{
	const size_t bom = text.compare(0, 3, "\xef\xbb\xbf") == 0 ? 3 : 0;
	const size_t line = std::min(text.find_first_of("\r\n"), text.size());
	const size_t colon = std::min(text.find(':'), line);
	const size_t end = end_of(text, std::min(colon + 1, line), line);
	const std::string hash =
		text.substr(std::min(colon + 1, line), end - std::min(colon + 1, line));
	Reading reading = {};

	if (colon == line) {
		tell(reading, { 1, 1 }, "expected a name and a hash with a colon between them");
		/* it may be a password alone */
		if (end_of(text, bom, line) > bom)
			reading.secrets.push_back({ bom, std::string(line - bom, GONE[0]) });
	} else {
		give(reading, "user.name", text.substr(bom, colon - bom), { 1, 1 },
		     "in front of the colon");
		const bool good = give(reading, "user.password_hash", hash, { 1, colon + 2 - bom },
				       "behind the colon");
		std::string instead(hash.size(), good ? '*' : ' ');
		if (!good && !instead.empty())
			instead.replace(0, 1, GONE);
		reading.secrets.push_back({ colon + 1, instead });
	}
	const size_t rest = text.find_first_not_of(" \t\r\n", line);
	if (rest == std::string::npos)
		return reading;
	tell(reading, { 2, 1 }, "expected one line: the card has one account");
	const size_t last = end_of(text, rest, text.size());
	std::string instead = text.substr(rest, last - rest);
	for (char &byte : instead)
		if (byte != '\r' && byte != '\n')
			byte = GONE[0];
	reading.secrets.push_back({ rest, instead });
	return reading;
}
