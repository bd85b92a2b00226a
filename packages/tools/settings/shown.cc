#include "shown.h"
#include <cstdio>
#include "utf8.h"

static bool unseen(unsigned long code)
{
	static const struct {
		unsigned long first, last;
	} ranges[] = {
		{ 0, 0x1f },        { 0x7f, 0x9f },     { 0xad, 0xad },     { 0x61c, 0x61c },
		{ 0x180e, 0x180e }, { 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
		{ 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb }, { 0xe0000, 0xe0fff },
	};

	for (const auto &range : ranges)
		if (code >= range.first && code <= range.last)
			return true;
	return false;
}

std::string shown(const std::string &text, size_t most)
{
	std::string line;

	for (size_t at = 0; at < text.size();) {
		unsigned long code;
		const size_t bytes = character(text, at, code);
		char escape[16];
		std::string next = text.substr(at, bytes);
		if (bytes == 0) {
			snprintf(escape, sizeof escape, "\\x%02x",
				 static_cast<unsigned char>(text[at]));
			next = escape;
		} else if (unseen(code)) {
			snprintf(escape, sizeof escape, code > 0xffff ? "\\U%08lx" : "\\u%04lx",
				 code);
			next = escape;
		}
		if (line.size() + next.size() > most)
			return line + "...";
		line += next;
		at += bytes > 0 ? bytes : 1;
	}
	return line;
}
