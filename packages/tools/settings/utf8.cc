#include "utf8.h"

size_t character(const std::string &text, size_t at, unsigned long &code)
{
	const unsigned char first = text[at];
	const size_t bytes = first < 0x80    ? 1
			     : first < 0xc2  ? 0
			     : first < 0xe0  ? 2
			     : first < 0xf0  ? 3
			     : first <= 0xf4 ? 4
					     : 0;

	static const unsigned long least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	code = bytes == 1 ? first : first & (0x7f >> bytes);
	if (at + bytes > text.size())
		return 0;
	for (size_t i = 1; i < bytes; i++) {
		if ((text[at + i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (text[at + i] & 0x3f);
	}
	/* in more bytes than it needs; half of a pair of UTF-16; no character any more */
	if (code < least[bytes] || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff)
		return 0;
	return bytes;
}

std::string bytes_of_letters(const std::string &text)
{
	std::string bytes;
	unsigned long code;

	for (size_t at = 0, size; at < text.size(); at += size) {
		size = character(text, at, code);
		if (size == 0 || code > 0xff)
			return text;
		bytes += static_cast<char>(code);
	}
	for (size_t at = 0, size; at < bytes.size(); at += size) {
		size = character(bytes, at, code);
		if (size == 0)
			return text;
	}
	return bytes;
}

std::string bytes_of_hex(const std::string &hex)
{
	std::string bytes;

	if (hex.size() % 2 != 0 || hex.find_first_not_of("0123456789abcdefABCDEF") != hex.npos)
		return "";
	for (size_t i = 0; i < hex.size(); i += 2)
		bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
	return bytes;
}
