#include "apart.h"
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "packed.h"

/*
 * Of a processor. A megabyte of keys that nobody knows takes 0.9 thousand million instructions; the
 * slowest board has 0.7 thousand million cycles a second, an emulator on a busy machine a tenth of
 * that. A file that somebody wrote has a hundredth of these instructions.
 */
static const rlim_t SECONDS = 30;

/* More than a reading of the largest file has. */
static const size_t MOST = 16 << 20;

static void limit(int what, rlim_t most)
{
	const struct rlimit both = { most, most };

	setrlimit(what, &both);
}

[[noreturn]] static void run(const std::function<Reading()> &read, int to)
{
	/* what a library says before it gives up may have the text in it */
	const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (nowhere >= 0)
		dup2(nowhere, STDERR_FILENO);
	limit(RLIMIT_CPU, SECONDS);
	limit(RLIMIT_AS, 256 << 20);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, 0);
	const std::string bytes = packed(read());
	for (size_t done = 0; done < bytes.size();) {
		const ssize_t wrote = write(to, bytes.data() + done, bytes.size() - done);
		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			_exit(1);
		done += wrote;
	}
	_exit(0);
}

static std::string all_of(int from)
{
	std::string bytes;
	char part[65536];

	while (bytes.size() <= MOST) {
		const ssize_t got = ::read(from, part, sizeof part);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		bytes.append(part, got);
	}
	return bytes;
}

bool read_apart(const std::function<Reading()> &read, Reading &reading)
{
	int ends[2], status;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	const pid_t child = fork();
	if (child == 0)
		run(read, ends[1]);
	close(ends[1]);
	if (child < 0) {
		close(ends[0]);
		return false;
	}
	const std::string bytes = all_of(ends[0]);
	close(ends[0]);
	if (bytes.size() > MOST)
		kill(child, SIGKILL);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 && unpacked(bytes, reading);
}
