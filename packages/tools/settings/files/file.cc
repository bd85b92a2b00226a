#include "file.h"
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <sys/stat.h>
#include <unistd.h>

/* What is no ordinary file is not waited for. */
static int open_file(const std::string &path, int flags)
{
	return open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

/* The bytes of a file, or nothing and why. */
static Content read_from(int file)
{
	struct stat about;
	std::string text;

	if (fstat(file, &about) != 0)
		return { Content::ODD, strerror(errno) };
	if (!S_ISREG(about.st_mode))
		return { Content::ODD,
			 S_ISDIR(about.st_mode)
				 ? "expected a file; it is a folder: delete it"
				 : "expected a file; it is something else: delete it" };
	if (about.st_size > static_cast<off_t>(LARGEST))
		return { Content::ODD, "expected at most 1 MiB; nothing of it is read" };
	text.resize(about.st_size);
	for (size_t done = 0; done < text.size();) {
		const ssize_t bytes = pread(file, &text[done], text.size() - done, done);
		if (bytes < 0 && errno == EINTR)
			continue;
		if (bytes < 0)
			return { Content::ODD, strerror(errno) };
		if (bytes == 0)
			text.resize(done);
		done += bytes;
	}
	if (!text.empty() && text.find_first_not_of('\0') == std::string::npos)
		return { Content::ABSENT, "" };
	return { Content::WHOLE, text };
}

Content content(const std::string &path)
{
	const int file = open_file(path, O_RDONLY);

	if (file < 0)
		return { errno == ENOENT ? Content::ABSENT : Content::ODD, strerror(errno) };
	const Content found = read_from(file);
	close(file);
	return found;
}

/* Writes `size` bytes from the beginning, a piece at a time; on the disk when it returns. */
static bool fill(int file, size_t size, const std::function<std::string(size_t, size_t)> &piece)
{
	for (size_t done = 0; done < size;) {
		const std::string text = piece(done, std::min<size_t>(size - done, 65536));
		const ssize_t wrote = pwrite(file, text.data(), text.size(), done);
		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return false;
		done += wrote;
	}
	return fsync(file) == 0;
}

bool write_over(const std::string &path, const std::string &text)
{
	/* without O_TRUNC the file keeps its clusters */
	const int file = open_file(path, O_WRONLY);

	if (file < 0)
		return false;
	const bool written = fill(file, text.size(),
				  [&](size_t at, size_t bytes) { return text.substr(at, bytes); });
	return close(file) == 0 && written;
}

bool wipe(const std::string &path)
{
	const int file = open_file(path, O_WRONLY);
	struct stat about;

	if (file < 0)
		return errno == ENOENT;
	const bool zeros = fstat(file, &about) == 0 && S_ISREG(about.st_mode) &&
			   fill(file, about.st_size,
				[](size_t, size_t bytes) { return std::string(bytes, '\0'); });
	return close(file) == 0 && zeros && unlink(path.c_str()) == 0;
}
