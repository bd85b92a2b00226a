#include "mask.h"
#include "toml.h"
#include "values.h"

/* Where a position of the parser, which counts characters, is in the bytes of the text. */
static size_t offset_of(const std::string &text, const toml::source_position &position)
{
	size_t at = text.compare(0, 3, "\xef\xbb\xbf") == 0 ? 3 : 0;

	for (unsigned long line = 1; line < position.line; line++)
		at = text.find('\n', at) + 1;
	for (unsigned long column = 1; column < position.column && at < text.size(); column++)
		do
			at++;
		while (at < text.size() && (text[at] & 0xc0) == 0x80);
	return at;
}

/* Stars over a text in quotes; the quotes and the ends of lines stay, so that it is one as long as before. */
static void star(std::string &text, const toml::source_region &region)
{
	const size_t begin = offset_of(text, region.begin), end = offset_of(text, region.end);
	const size_t quotes =
		text.compare(begin, 3, std::string(3, text[begin])) == 0 && end - begin >= 6 ? 3
											     : 1;

	for (size_t i = begin + quotes; i + quotes < end; i++)
		if (text[i] != '\r' && text[i] != '\n')
			text[i] = '*';
}

std::optional<std::string> masked(const std::string &text)
{
	const toml::parse_result result = toml::parse(text);
	std::string stars = text;

	if (!result)
		return {};
	for (const setting &one : settings_known) {
		const auto node = result.table().at_path(one.key);
		if (one.secret && node.is_string() && fits(one, **node.as_string()))
			star(stars, node.node()->source());
	}
	return stars;
}
