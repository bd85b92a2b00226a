#include "file.h"
#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>

/* More than any of them has; what is larger is none of them. */
static const size_t LARGEST = 1 << 20;

std::optional<std::string> content(const std::string &path)
{
	std::ifstream file(path, std::ios::binary);
	std::string text;

	if (!file)
		return {};
	text.reserve(4096);
	for (char byte; text.size() < LARGEST && file.get(byte);)
		text += byte;
	if (!text.empty() && text.find_first_not_of('\0') == std::string::npos)
		return {};
	return text;
}

bool write_over(const std::string &path, const std::string &text)
{
	/* without O_TRUNC the file keeps its clusters */
	const int file = open(path.c_str(), O_WRONLY | O_CLOEXEC);
	size_t done = 0;

	if (file < 0)
		return false;
	while (done < text.size()) {
		const ssize_t wrote = pwrite(file, text.data() + done, text.size() - done, done);
		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			break;
		done += wrote;
	}
	const bool written = done == text.size() && fsync(file) == 0;
	return close(file) == 0 && written;
}

bool wipe(const std::string &path)
{
	const auto text = content(path);
	std::ifstream file(path, std::ios::binary | std::ios::ate);

	if (!file)
		return errno == ENOENT;
	if (text && !write_over(path, std::string(file.tellg(), '\0')))
		return false;
	return unlink(path.c_str()) == 0;
}
