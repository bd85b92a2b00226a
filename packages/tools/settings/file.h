/* Files of the boot partition: read whole, and written over where they lie, before a single cluster of them is free again. */
#pragma once
#include <optional>
#include <string>

/* Nothing where there is no such file, or where it has been wiped but the plug was pulled before it was removed. At most 1 MiB of it. */
std::optional<std::string> content(const std::string &path);

/* Writes a text over the beginning of a file, into the same blocks. On the disk when it returns. False: it could not. */
bool write_over(const std::string &path, const std::string &text);

/* Writes zeros over a file, and removes it. True, too, where there is none. */
bool wipe(const std::string &path);
