/* Files of the boot partition: read whole, and written over where they lie, before a single cluster of them is free again. */
#pragma once
#include <string>

/* More than any file of settings has; what is larger is none. */
constexpr size_t LARGEST = 1 << 20;

struct Content {
	/* absent: there is no such file, or it was wiped but the plug was pulled before it was removed; odd: it is there, and cannot be read */
	enum { ABSENT, ODD, WHOLE } state;
	/* of an odd one, why it cannot be read */
	std::string text;
};

Content content(const std::string &path);

/* Writes a text over the beginning of a file, into the same blocks. On the disk when it returns. False: it could not. */
bool write_over(const std::string &path, const std::string &text);

/* Writes zeros over a file, and removes it. True, too, where there is none. */
bool wipe(const std::string &path);
