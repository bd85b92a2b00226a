/* A boot partition: all that its files ask for. */
#pragma once
#include <optional>
#include "reading.h"

/* The reader of a file of this name; nothing if no file of settings has it. */
Reading (*reader_of(const std::string &name))(const std::string &text);

struct Asked {
	/* a password of a network is its key by now */
	Values values;
	/* lines, with the place of each, such as downbeat.toml:3:5 */
	std::vector<std::string> problems;
	/* files of which something was refused, or all */
	std::vector<std::string> keep;
};

/* Of all files but those that are named. */
Asked read_folder(const std::string &folder, const std::vector<std::string> &without);

/* The text of a file of settings with its secrets written over, as long as before. Nothing where it could not be read. */
std::optional<std::string> masked_file(const std::string &path);
