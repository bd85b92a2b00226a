/*
 * downbeat-tone: plays a sine through the running JACK server.
 *
 * For a musician: does the card sound? For the emulated boot: a tone of known frequency and level
 * to look for in the recording. It never starts a server, so that it proves the one the image
 * started.
 *
 *   cc -std=c11 -O2 -Wall -Wextra -Werror -o downbeat-tone tone.c -ljack -lm
 */
#define _POSIX_C_SOURCE 200809L

#include <math.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PROGRAM "downbeat-tone"
#include "client.h"

enum { OK = 0, NO_SOUND = 1, USAGE = 2 };

static const double TAU = 6.283185307179586476925;
static const double FADE_SECONDS = 0.01; /* a tone that starts or ends at once clicks */
static const int STALLED_AFTER_MS =
	10000; /* a server without cycles for so long is stuck; emulators are slow */
static const int POLL_MS = 20;

struct tone {
	jack_port_t *port;
	double phase, step; /* radians; a float would drift out of tune within seconds */
	double amplitude;
	uint64_t frames;     /* played so far; read by others only after jack_deactivate() */
	uint64_t last_frame; /* when to begin fading out; UINT64_MAX: when told to */
	uint32_t fade, gain; /* frames; the gain runs from 0 to fade and back */
};

/* All that the threads share: each an int, so that it is lock-free on every ARM. */
static atomic_int connected, finished, cycles, xruns;

/* Runs in JACK's realtime thread: no locks, no memory, no files. */
static int play(jack_nframes_t count, void *arg)
{
	struct tone *tone = arg;
	float *out = jack_port_get_buffer(tone->port, count);
	/* JACK connects active clients only: until then the tone waits, or its fade in would be lost. */
	bool heard = atomic_load_explicit(&connected, memory_order_relaxed);
	bool stop = atomic_load_explicit(&stopping, memory_order_relaxed);

	for (jack_nframes_t i = 0; i < count; i++) {
		bool ending = stop || tone->frames >= tone->last_frame;
		bool over = ending && tone->gain == 0;

		if (over)
			atomic_store_explicit(&finished, 1, memory_order_relaxed);
		if (over || !heard) {
			out[i] = 0;
			continue;
		}
		/* Half a cosine: no corner at either end of the fade. */
		double gain = 0.5 - 0.5 * cos(TAU / 2 * tone->gain / tone->fade);
		out[i] = (float)(gain * tone->amplitude * sin(tone->phase));
		tone->phase += tone->step;
		if (tone->phase >= TAU)
			tone->phase -= TAU;
		tone->frames++;
		if (ending)
			tone->gain--;
		else if (tone->gain < tone->fade)
			tone->gain++;
	}
	atomic_fetch_add_explicit(&cycles, 1, memory_order_relaxed);
	return 0;
}

static int count_xrun(void *arg)
{
	(void)arg;
	atomic_fetch_add(&xruns, 1);
	return 0;
}

static void usage(FILE *stream)
{
	fputs("usage: downbeat-tone [-f HZ] [-l dBFS] [-t SECONDS] [-c CLIENT] [PORT...]\n"
	      "Plays a sine through the running JACK server.\n"
	      "  -f HZ       frequency (1000)\n"
	      "  -l dBFS     peak level, 0 is full scale (-20)\n"
	      "  -t SECONDS  how long (5); 0 plays until Ctrl-C\n"
	      "  -c CLIENT   name in JACK (downbeat-tone)\n"
	      "  PORT        where to (the first two playback ports of the card); jack_lsp lists them\n"
	      "Exit status: 0 played, 1 no server or no ports, 2 wrong usage.\n",
	      stream);
}

/* Connects the client's port to the ports named, or to the card's first two. */
static int connect_ports(jack_client_t *client, const char *own, char **named)
{
	const char **ports = NULL;
	int status = OK;

	if (named[0] == NULL) {
		ports = jack_get_ports(client, NULL, JACK_DEFAULT_AUDIO_TYPE,
				       JackPortIsPhysical | JackPortIsInput);
		if (ports == NULL || ports[0] == NULL) {
			jack_free(ports);
			return fail(
				NO_SOUND,
				"the server has no playback ports: it runs capture-only, or with a driver "
				"without a card; try: systemctl status 'jack*'; aplay -l");
		}
	}
	for (int i = 0;
	     status == OK && (named[0] != NULL ? named[i] != NULL : ports[i] != NULL && i < 2);
	     i++) {
		const char *name = named[0] != NULL ? named[i] : ports[i];
		jack_port_t *port = jack_port_by_name(client, name);

		if (port == NULL)
			status =
				fail(NO_SOUND,
				     "there is no port \"%s\"; to see them all: jack_lsp -p", name);
		else if (!(jack_port_flags(port) & JackPortIsInput) ||
			 strcmp(jack_port_type(port), JACK_DEFAULT_AUDIO_TYPE) != 0)
			status = fail(
				NO_SOUND,
				"port \"%s\" takes no audio; to see those that do: jack_lsp -pt",
				name);
		else if (jack_connect(client, own, name) != 0)
			status = fail(NO_SOUND, "cannot connect to port \"%s\"", name);
	}
	jack_free(ports);
	atomic_store(&connected, status == OK);
	return status;
}

/* Waits until the tone has faded out; says why when it cannot. */
static int wait_for_end(void)
{
	const struct timespec pause = { 0, POLL_MS * 1000000L };
	int seen = atomic_load(&cycles), idle_ms = 0;

	while (!atomic_load(&finished)) {
		if (atomic_load(&server_gone))
			return fail(NO_SOUND,
				    "the JACK server went away; to see why: journalctl -b -e");
		nanosleep(&pause, NULL);
		int now = atomic_load(&cycles);
		idle_ms = now != seen ? 0 : idle_ms + POLL_MS;
		seen = now;
		if (idle_ms >= STALLED_AFTER_MS)
			return fail(
				NO_SOUND,
				"the JACK server has run no cycle for %d s: its card does not move; "
				"try: dmesg | tail",
				STALLED_AFTER_MS / 1000);
	}
	return OK;
}

int main(int argc, char **argv)
{
	double hz = 1000, level = -20, seconds = 5;
	const char *name = PROGRAM;
	int option;

	while ((option = getopt(argc, argv, ":f:l:t:c:h")) != -1) {
		switch (option) {
		case 'f':
			if (!number(optarg, 1, 192000, &hz))
				return fail(USAGE, "-f %s: want a frequency in Hz, such as -f 440",
					    optarg);
			break;
		case 'l':
			if (!number(optarg, -120, 0, &level))
				return fail(
					USAGE,
					"-l %s: want a level from -120 to 0 dBFS, such as -l -12",
					optarg);
			break;
		case 't':
			if (!number(optarg, 0, 1e9, &seconds))
				return fail(
					USAGE,
					"-t %s: want seconds, such as -t 10; 0 plays until Ctrl-C",
					optarg);
			break;
		case 'c':
			name = optarg;
			if (*name == '\0' || (int)strlen(name) >= jack_client_name_size())
				return fail(USAGE, "-c \"%s\": want a name of 1 to %d bytes", name,
					    jack_client_name_size() - 1);
			break;
		case 'h':
			usage(stdout);
			return OK;
		default:
			fail(USAGE, option == ':' ? "-%c wants a value" : "there is no option -%c",
			     optopt);
			usage(stderr);
			return USAGE;
		}
	}

	set_handlers();
	jack_status_t opened;
	jack_client_t *client = jack_client_open(name, JackNoStartServer, &opened);
	if (client == NULL)
		return fail_to_open(NO_SOUND, name, opened);
	quiet = false;

	jack_nframes_t rate = jack_get_sample_rate(client);
	if (hz >= rate / 2.0) {
		jack_client_close(client);
		return fail(USAGE, "-f %g: the card runs at %u Hz and plays less than half of that",
			    hz, rate);
	}

	struct tone tone = {
		.port = jack_port_register(client, "out", JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput,
					   0),
		.step = TAU * hz / rate,
		.amplitude = pow(10, level / 20),
		.last_frame = UINT64_MAX,
		.fade = (uint32_t)ceil(FADE_SECONDS * rate),
	};
	if (tone.port == NULL) {
		jack_client_close(client);
		return fail(
			NO_SOUND,
			"the JACK server has no port left; start it with more: jackd -p 256 ...");
	}
	if (seconds > 0) {
		/* The fade out belongs to the time asked for; a tone too short for it is all fade. */
		double until = seconds * rate - tone.fade;
		tone.last_frame = until > tone.fade ? (uint64_t)until : tone.fade;
	}

	jack_set_process_callback(client, play, &tone);
	jack_set_xrun_callback(client, count_xrun, NULL);
	jack_on_shutdown(client, on_shutdown, NULL);

	int status = jack_activate(client) == 0
			     ? OK
			     : fail(NO_SOUND, "the JACK server does not start the client");
	if (status == OK)
		status = connect_ports(client, jack_port_name(tone.port), argv + optind);
	if (status == OK)
		status = wait_for_end();

	if (status != OK) {
		/* The server closes what a dead client leaves; asking one that is gone or stuck to do so could take for ever. */
		fflush(stderr);
		_exit(status);
	}

	jack_nframes_t period = jack_get_buffer_size(client);
	jack_deactivate(client);
	printf("%g Hz at %g dBFS: rate %u Hz, period %u frames, %llu frames played (%.2f s), %d xruns\n",
	       hz, level, rate, period, (unsigned long long)tone.frames, (double)tone.frames / rate,
	       atomic_load(&xruns));
	jack_client_close(client);
	return OK;
}
