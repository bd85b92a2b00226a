/*
 * The first process of a card in test/long/armv6-boot.ts, in the place of systemd: runs what
 * downbeat has added to the base, with the libraries beside it, and says what came of each.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

/* The libraries that are the base's own are for newer processors here: these are found first. */
#define LOADER "/armv6/ld-linux-armhf.so.3"
#define LIBRARIES "/armv6:/usr/lib/arm-linux-gnueabihf"

static pid_t start(char *const argv[])
{
	pid_t pid = fork();

	if (pid == 0) {
		char *loaded[16] = { LOADER, "--library-path", LIBRARIES };

		for (int i = 0; i < 12 && argv[i] != NULL; i++)
			loaded[3 + i] = argv[i];
		execv(LOADER, loaded);
		_exit(127);
	}
	return pid;
}

static int ended(pid_t pid)
{
	int status = -1;

	while (waitpid(pid, &status, 0) != pid)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int run(char *const argv[])
{
	int status = ended(start(argv));

	printf("said %s %d\n", strrchr(argv[0], '/') + 1, status);
	return status;
}

int main(void)
{
	struct utsname kernel;
	pid_t server;

	mount("proc", "/proc", "proc", 0, NULL);
	mount("sys", "/sys", "sysfs", 0, NULL);
	mount("dev", "/dev", "devtmpfs", 0, NULL);
	mkdir("/dev/shm", 0777);
	mount("shm", "/dev/shm", "tmpfs", 0, NULL);
	mount("tmp", "/tmp", "tmpfs", 0, NULL);
	setvbuf(stdout, NULL, _IOLBF, 0);
	setenv("PATH", "/usr/bin", 1);
	setenv("HOME", "/tmp", 1);
	setenv("JACK_NO_START_SERVER", "1", 1);
	setenv("LD_LIBRARY_PATH", LIBRARIES, 1);

	if (uname(&kernel) == 0)
		printf("said kernel %s %s\n", kernel.machine, kernel.version);
	run((char *[]){ "/usr/bin/downbeat-settings", "read", "/armv6/settings", NULL });
	server = start((char *[]){ "/usr/bin/jackd", "-R", "-P70", "-p16", "-t600000", "-d",
				   "dummy", "-r", "48000", "-p", "1024", NULL });
	while (ended(start((char *[]){ "/armv6/client", "ready", NULL })) != 0)
		usleep(200000);
	run((char *[]){ "/armv6/client", NULL });
	run((char *[]){ "/usr/bin/downbeat-tone", "-t", "1", NULL });
	run((char *[]){ "/usr/bin/downbeat-xruns", "-i", "0", "-t", "1", NULL });
	kill(server, SIGTERM);
	printf("said jackd %d\n", ended(server));
	puts("said all");
	for (;;)
		pause();
}
