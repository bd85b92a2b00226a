/*
 * graph: what a cycle of JACK costs, with no client or with a chain of them.
 *
 * Each client is a process of its own that copies its input to its output: the least that a program
 * for music does. The first one tells when a cycle begins, the last one when the graph is done with it.
 *
 *   cc -std=c11 -O2 -Wall -Wextra -Werror -o graph graph.c -ljack
 *
 * usage: graph PID FRAMES RATE CLIENTS CYCLES LOAD
 * PID is that of the server, whose period and rate are FRAMES and RATE. LOAD is a group of processes that
 * was stopped: they go on while it measures. It prints one line:
 *   cycles: FRAMES CLIENTS COUNTED COST_NS WORST_NS LATE
 * COST_NS is the time of the processor for one cycle, of the server and of all clients. WORST_NS is how much
 * later than a period after the last one a cycle began, at the worst. LATE is how many cycles were not done
 * when the next one was due. The last two are 0 without clients: nobody sees them. COUNTED is 0 where the
 * server does not keep up.
 */
#define _GNU_SOURCE

#include <jack/jack.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CLIENTS = 32, MOST_CYCLES = 1 << 16, UNCOUNTED = 50 };

/* One end of the chain: for each cycle its frame time, and when it was there. */
struct end {
	atomic_int count;
	jack_nframes_t frame[MOST_CYCLES];
	int64_t at[MOST_CYCLES];
};

/* Shared by all processes. */
static struct {
	atomic_int recording;
	struct end first, last;
} *seen;

static int clients, number_of; /* how many there are; which of them this is, from 0 */
static jack_client_t *client;
static jack_port_t *in, *out;

static void stop(const char *why)
{
	fprintf(stderr, "graph: %s\n", why);
	exit(1);
}

static int64_t nanoseconds(clockid_t clock)
{
	struct timespec time;

	if (clock_gettime(clock, &time) != 0)
		stop("a clock cannot be read");
	return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static void sleep_for(int64_t ns)
{
	struct timespec time = { ns / 1000000000, ns % 1000000000 };

	nanosleep(&time, NULL);
}

static void record(struct end *end)
{
	int at = atomic_load_explicit(&end->count, memory_order_relaxed);

	if (!atomic_load_explicit(&seen->recording, memory_order_relaxed) || at == MOST_CYCLES)
		return;
	end->frame[at] = jack_last_frame_time(client);
	end->at[at] = nanoseconds(CLOCK_MONOTONIC);
	atomic_store_explicit(&end->count, at + 1, memory_order_release);
}

/* Runs in JACK's realtime thread. */
static int cycle(jack_nframes_t frames, void *arg)
{
	(void)arg;
	if (number_of == 0)
		record(&seen->first);
	memcpy(jack_port_get_buffer(out, frames), jack_port_get_buffer(in, frames),
	       frames * sizeof(jack_default_audio_sample_t));
	if (number_of == clients - 1)
		record(&seen->last);
	return 0;
}

static atomic_int called;

static int count_call(jack_nframes_t frames, void *arg)
{
	(void)frames;
	(void)arg;
	atomic_fetch_add(&called, 1);
	return 0;
}

/* Opens a client, as soon as the server is there. */
static jack_client_t *open_client(const char *name)
{
	for (int tried = 0; tried < 1000; tried++) {
		jack_client_t *opened = jack_client_open(name, JackNoStartServer, NULL);

		if (opened != NULL)
			return opened;
		sleep_for(10000000);
	}
	stop("the server does not answer");
	return NULL;
}

/* Whether the server goes on from cycle to cycle: one that cannot keep up may have given up. */
static int still_runs(int64_t period)
{
	jack_client_t *looks = open_client("looks");

	if (jack_set_process_callback(looks, count_call, NULL) != 0 || jack_activate(looks) != 0)
		return 0;
	sleep_for(UNCOUNTED * period);
	return atomic_load(&called) > UNCOUNTED / 2;
}

/* A client of the chain, in a process of its own: tells through `ready` that it is in the graph. */
static void be_client(int ready)
{
	char name[16], from[32], to[32];

	snprintf(name, sizeof name, "c%d", number_of);
	client = open_client(name);
	in = jack_port_register(client, "in", JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0);
	out = jack_port_register(client, "out", JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput, 0);
	if (in == NULL || out == NULL || jack_set_process_callback(client, cycle, NULL) != 0 ||
	    jack_activate(client) != 0)
		stop("a client cannot be made");
	if (number_of == 0)
		strcpy(from, "system:capture_1");
	else
		snprintf(from, sizeof from, "c%d:out", number_of - 1);
	snprintf(to, sizeof to, "c%d:in", number_of);
	if (jack_connect(client, from, to) != 0)
		stop("a client cannot be connected");
	snprintf(from, sizeof from, "c%d:out", number_of);
	if (number_of == clients - 1 && jack_connect(client, from, "system:playback_1") != 0)
		stop("the last client cannot be connected");
	if (write(ready, "", 1) != 1)
		stop("a pipe is gone");
	for (;;)
		pause();
}

/* What these processes have had of the processor. */
static int64_t spent(const clockid_t *clocks, int count)
{
	int64_t sum = 0;

	for (int i = 0; i < count; i++)
		sum += nanoseconds(clocks[i]);
	return sum;
}

/* Goes through the cycles that both ends have seen. */
static void look(int64_t period, int64_t *worst, int *late)
{
	int beginnings = atomic_load_explicit(&seen->first.count, memory_order_acquire);
	int ends = atomic_load_explicit(&seen->last.count, memory_order_acquire);

	for (int i = 1, j = 0; i < beginnings; i++) {
		int64_t begun = seen->first.at[i];
		int64_t delay = begun - seen->first.at[i - 1] - period;

		if (delay < 0)
			delay = 0;
		if (delay > *worst)
			*worst = delay;
		while (j < ends && seen->last.at[j] < begun)
			j++;
		if (j == ends)
			return;
		if (seen->last.frame[j] != seen->first.frame[i] ||
		    delay + seen->last.at[j] - begun > period)
			++*late;
	}
}

int main(int argc, char **argv)
{
	if (argc != 7)
		stop("usage: graph PID FRAMES RATE CLIENTS CYCLES LOAD");
	int server = atoi(argv[1]), frames = atoi(argv[2]), rate = atoi(argv[3]),
	    cycles = atoi(argv[5]), load = atoi(argv[6]);
	int64_t period = INT64_C(1000000000) * frames / rate, worst = 0, before, cost;
	clockid_t clocks[MOST_CLIENTS + 1];
	pid_t pids[MOST_CLIENTS];
	int ready[2], counted = cycles, late = 0;
	char byte;

	clients = atoi(argv[4]);
	if (clients > MOST_CLIENTS || cycles + 2 * UNCOUNTED > MOST_CYCLES)
		stop("too many clients or cycles");
	seen = mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (seen == MAP_FAILED || pipe(ready) != 0)
		stop("no memory");
	jack_client_close(open_client("looks"));
	if (clock_getcpuclockid(server, &clocks[0]) != 0)
		stop("the server is gone");
	for (number_of = 0; number_of < clients; number_of++) {
		pids[number_of] = fork();
		if (pids[number_of] == 0)
			be_client(ready[1]);
		if (pids[number_of] < 0 || read(ready[0], &byte, 1) != 1 ||
		    clock_getcpuclockid(pids[number_of], &clocks[number_of + 1]) != 0)
			stop("a client has not come up");
	}

	/* Nothing of JACK runs while this reads the clocks, so that they are all of one moment. */
	if (sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){ .sched_priority = 98 }) != 0)
		stop("no realtime priority");
	kill(-load, SIGCONT);
	sleep_for(UNCOUNTED * period);
	int64_t begun = nanoseconds(CLOCK_MONOTONIC);
	before = spent(clocks, clients + 1);
	atomic_store(&seen->recording, 1);
	sleep_for(cycles * period);
	cost = spent(clocks, clients + 1) - before;
	atomic_store(&seen->recording, 0);
	kill(-load, SIGSTOP);
	if (clients == 0) {
		counted = (int)((nanoseconds(CLOCK_MONOTONIC) - begun + period / 2) / period);
		if (!still_runs(period))
			counted = 0;
	} else {
		counted = atomic_load(&seen->first.count);
		look(period, &worst, &late);
	}
	printf("cycles: %d %d %d %lld %lld %d\n", frames, clients, counted,
	       counted > 0 ? (long long)(cost / counted) : 0LL, (long long)worst, late);
	for (int i = 0; i < clients; i++)
		kill(pids[i], SIGKILL);
	return 0;
}
