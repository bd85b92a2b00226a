/*
 * What every downbeat program that is a client of JACK does in the same way: its messages, its
 * numbers, its signals, and what it says when there is no server.
 *
 * PROGRAM, the name that its messages begin with, is defined before this is included.
 */
#include <errno.h>
#include <jack/jack.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* Shared with JACK's threads and the signal handler: each an int, so that it is lock-free on every ARM. */
static atomic_int stopping, server_gone;
static bool quiet = true; /* until the server has answered */

static int fail(int status, const char *format, ...)
{
	va_list arguments;

	fputs(PROGRAM ": ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	return status;
}

/* Why jack_client_open() gave nothing. */
static int fail_to_open(int status, const char *name, jack_status_t opened)
{
	if (opened & JackServerFailed)
		return fail(
			status,
			"no JACK server answers to this user; to see whether one runs: systemctl status 'jack*'; to "
			"see why not: journalctl -b -e; run this as the server's user");
	return fail(status, "the JACK server refused the client \"%s\" (status 0x%02x)", name,
		    (unsigned)opened);
}

static bool number(const char *text, double low, double high, double *value)
{
	char *end;

	errno = 0;
	*value = strtod(text, &end);
	/* Written so that "nan" fails as well. */
	return end != text && *end == '\0' && errno == 0 && *value >= low && *value <= high;
}

static void on_shutdown(void *arg)
{
	(void)arg;
	atomic_store(&server_gone, 1);
}

static void on_signal(int number)
{
	(void)number;
	atomic_store(&stopping, 1);
}

/* libjack's own words about a missing server are many and lead nowhere. */
static void on_jack_message(const char *message)
{
	if (!quiet)
		fprintf(stderr, "jack: %s\n", message);
}

/* Before the client is opened: Ctrl-C and systemd end the program in its own way. */
static void set_handlers(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	jack_set_error_function(on_jack_message);
	jack_set_info_function(on_jack_message);
}
