#pragma once
#include <string>

/*
 * A text as a person may see it, wherever it is shown: controls (C0, DEL, C1), what turns the
 * direction of text or ends a line, and bytes that are no UTF-8 stand in it as escapes. At most
 * `most` bytes of it; what is longer ends in "...".
 */
std::string shown(const std::string &text, size_t most = 200);
