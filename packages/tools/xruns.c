/*
 * downbeat-xruns: watches the running JACK server for a while and counts the periods that came too
 * late.
 *
 * For a musician: does this period hold? For downbeat-latency, which asks that of one period after
 * the other. It plays nothing, takes nothing but a place in the graph, and never starts a server.
 *
 *   cc -std=c11 -O2 -Wall -Wextra -Werror -o downbeat-xruns xruns.c -ljack -lm
 */
#define _GNU_SOURCE

#include <getopt.h>
#include <jack/statistics.h>
#include <math.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PROGRAM "downbeat-xruns"
#include "client.h"

enum { CLEAN = 0, XRUNS = 1, USAGE = 2, NO_SERVER = 3, SERVER_DIED = 4 };

static const double SAMPLE_SECONDS = 0.1; /* between two looks at JACK's load */
static const double STALLED_SECONDS = 5;  /* a server without cycles for so long is stuck */
static const double RETRY_SECONDS = 0.2;

/* All that the threads share: each an int, so that it is lock-free on every ARM. */
static atomic_int cycles, period, xruns, worst_usecs;

/* Runs in JACK's realtime thread: no locks, no memory, no files. */
static int count_cycle(jack_nframes_t frames, void *arg)
{
	(void)arg;
	atomic_store_explicit(&period, (int)frames, memory_order_relaxed);
	atomic_fetch_add_explicit(&cycles, 1, memory_order_relaxed);
	return 0;
}

/* Jack1 calls this in the realtime thread, Jack2 in another one. */
static int count_xrun(void *arg)
{
	int usecs = (int)jack_get_xrun_delayed_usecs(arg);

	/* Only this writes it, but for the start of the measurement. */
	if (usecs > atomic_load(&worst_usecs))
		atomic_store(&worst_usecs, usecs);
	atomic_fetch_add(&xruns, 1);
	return 0;
}

static void usage(void)
{
	fputs("usage: downbeat-xruns [-t SECONDS] [-i SECONDS] [-w SECONDS] [-c CLIENT]\n"
	      "Counts the xruns of the running JACK server, and prints one line of JSON: the seconds it has measured, rate (Hz)\n"
	      "and period (frames) that the server really runs at, its cycles, its xruns, the worst delay of one (microseconds),\n"
	      "its highest load (%, looked at ten times a second), and whether it died or came to a halt meanwhile.\n"
	      "  -t SECONDS  how long (10); 0 measures until Ctrl-C, which ends it early in any case\n"
	      "  -i SECONDS  what to ignore before that (3): whatever has just been started is late now and then, and what JACK\n"
	      "              calls its load is a mean of the last seconds\n"
	      "  -w SECONDS  how long to wait for a server that is not there yet (0)\n"
	      "  -c CLIENT   name in JACK (downbeat-xruns)\n"
	      "Run it as the user whose server it is. A server with -s (after -d alsa) hides its xruns.\n"
	      "Exit status: 0 no xruns, 1 xruns, 2 wrong usage, 3 no server, 4 the server died or came to a halt.\n",
	      stdout);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* A signal ends it early. */
static void pause_for(double seconds)
{
	struct timespec time = { (time_t)seconds, (long)((seconds - floor(seconds)) * 1e9) };

	nanosleep(&time, NULL);
}

/* Opens the client, and waits for the server as long as it may. */
static jack_client_t *open_client(const char *name, double patience, jack_status_t *status)
{
	double end = now() + patience;

	for (;;) {
		jack_client_t *client = jack_client_open(name, JackNoStartServer, status);

		if (client != NULL || now() >= end || atomic_load(&stopping))
			return client;
		pause_for(RETRY_SECONDS);
	}
}

/* Until `end`, or until it is told to stop; fails when the server does. */
static int watch(jack_client_t *client, double end, float *max_load)
{
	int seen = atomic_load(&cycles),
	    idle = 0; /* looks, not time: an emulator may stand still as a whole */

	while (now() < end && !atomic_load(&stopping)) {
		pause_for(fmin(SAMPLE_SECONDS, fmax(end - now(), 0)));
		if (atomic_load(&server_gone))
			return fail(
				SERVER_DIED,
				"the JACK server went away, or threw this client out; to see why: journalctl -b -e");
		float load = jack_cpu_load(client);
		if (load > *max_load)
			*max_load = load;
		int count = atomic_load(&cycles);
		idle = count != seen ? 0 : idle + 1;
		seen = count;
		if (idle * SAMPLE_SECONDS >= STALLED_SECONDS)
			return fail(
				SERVER_DIED,
				"the JACK server has run no cycle for %g s: its card does not move; try: dmesg | tail",
				STALLED_SECONDS);
	}
	return CLEAN;
}

int main(int argc, char **argv)
{
	static const struct option options[] = { { "help", no_argument, NULL, 'h' }, { 0 } };
	double seconds = 10, ignored = 3, patience = 0;
	const char *name = PROGRAM;
	int option;

	while ((option = getopt_long(argc, argv, ":t:i:w:c:h", options, NULL)) != -1) {
		switch (option) {
		case 't':
			if (!number(optarg, 0, 1e6, &seconds))
				return fail(
					USAGE,
					"-t %s: want seconds, such as -t 30; 0 measures until Ctrl-C",
					optarg);
			break;
		case 'i':
			if (!number(optarg, 0, 1e6, &ignored))
				return fail(
					USAGE,
					"-i %s: want seconds to ignore at the beginning, such as -i 3",
					optarg);
			break;
		case 'w':
			if (!number(optarg, 0, 1e6, &patience))
				return fail(
					USAGE,
					"-w %s: want seconds to wait for a server, such as -w 10",
					optarg);
			break;
		case 'c':
			name = optarg;
			if (*name == '\0' || (int)strlen(name) >= jack_client_name_size())
				return fail(USAGE, "-c \"%s\": want a name of 1 to %d bytes", name,
					    jack_client_name_size() - 1);
			break;
		case 'h':
			usage();
			return CLEAN;
		case ':':
			return fail(USAGE, "%s wants a value; downbeat-xruns --help shows which",
				    argv[optind - 1]);
		default:
			return fail(
				USAGE,
				"there is no option %s; downbeat-xruns --help shows those there are",
				argv[optind - 1]);
		}
	}
	if (optind < argc)
		return fail(
			USAGE,
			"\"%s\" is not expected here; to measure for 30 seconds: downbeat-xruns -t 30",
			argv[optind]);

	set_handlers();
	jack_status_t opened;
	jack_client_t *client = open_client(name, patience, &opened);
	if (client == NULL)
		return fail_to_open(NO_SERVER, name, opened);
	quiet = false;

	atomic_store(&period, (int)jack_get_buffer_size(client));
	jack_set_process_callback(client, count_cycle, NULL);
	jack_set_xrun_callback(client, count_xrun, client);
	jack_on_shutdown(client, on_shutdown, NULL);

	float max_load = 0;
	int status = CLEAN;
	if (jack_activate(client) != 0)
		status = fail(SERVER_DIED, "the JACK server does not start the client");
	if (status == CLEAN)
		status = watch(client, now() + ignored, &max_load);

	max_load = 0;
	atomic_store(&worst_usecs, 0);
	int first_cycle = atomic_load(&cycles), first_xrun = atomic_load(&xruns);
	double begin = now();
	if (status == CLEAN)
		status = watch(client, seconds > 0 ? begin + seconds : INFINITY, &max_load);
	double measured = now() - begin;
	int missed = atomic_load(&xruns) - first_xrun;
	if (status == CLEAN && missed > 0)
		status = XRUNS;

	/* To tenths, and without a zero behind the point. */
	printf("{\"seconds\":%g,\"rate\":%u,\"period\":%d,\"cycles\":%d,\"xruns\":%d,\"worst_usecs\":%d,\"max_load\":%.1f,\"died\":%s}\n",
	       round(measured * 10) / 10, jack_get_sample_rate(client), atomic_load(&period),
	       atomic_load(&cycles) - first_cycle, missed, atomic_load(&worst_usecs),
	       (double)max_load, status == SERVER_DIED ? "true" : "false");

	if (status == SERVER_DIED) {
		/* The server closes what a dead client leaves; asking one that is gone or stuck to do so could take for ever. */
		fflush(NULL);
		_exit(status);
	}
	jack_deactivate(client);
	jack_client_close(client);
	return status;
}
