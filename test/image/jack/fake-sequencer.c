/*
 * An ALSA sequencer without a kernel, preloaded into jackd: as much of it as JACK's alsa_seqmidi.c
 * calls. It has one device, "Fake", which does in one and the same cycle of the server what the
 * client wishes for, and counts the notes sent to it.
 *
 * A wish is a file of that name with words in it:
 *   on        the port is announced; the kernel does so twice
 *   off       the port is gone
 *   a number  the next note (1, 2, ...), with the time that ALSA had so many milliseconds ago
 * The file goes when all of it is done. What was heard of notes 1, 2, ... is said when the server
 * ends; a note 0 starts anew.
 */
#include <alsa/asoundlib.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	SERVER = 128,
	DEVICE = 20,
	NOW = 1000 /* ALSA's time always, in seconds: only differences matter */
};

static atomic_bool there;
static atomic_int connections; /* of the port's present life */
static int heard, lost, twice, last;

#define DONE(function, ...)                                                                        \
	int function(__VA_ARGS__)                                                                  \
	{                                                                                          \
		return 0;                                                                          \
	}
DONE(snd_seq_set_client_name, snd_seq_t *, const char *)
DONE(snd_seq_create_simple_port, snd_seq_t *, const char *, unsigned, unsigned)
DONE(snd_seq_alloc_queue, snd_seq_t *)
DONE(snd_seq_get_queue_timer, snd_seq_t *, int, snd_seq_queue_timer_t *)
DONE(snd_seq_set_queue_timer, snd_seq_t *, int, snd_seq_queue_timer_t *)
DONE(snd_seq_control_queue, snd_seq_t *, int, int, int, snd_seq_event_t *)
DONE(snd_seq_nonblock, snd_seq_t *, int)
DONE(snd_seq_connect_from, snd_seq_t *, int, int, int)
DONE(snd_seq_disconnect_from, snd_seq_t *, int, int, int)
DONE(snd_seq_drop_input, snd_seq_t *)
DONE(snd_seq_drain_output, snd_seq_t *)

int snd_seq_open(snd_seq_t **seq, const char *, int, int)
{
	static char nothing;

	*seq = (snd_seq_t *)&nothing;
	return 0;
}

int snd_seq_close(snd_seq_t *)
{
	printf("notes heard %d lost %d twice %d\n", heard, lost, twice);
	return 0;
}

int snd_seq_client_id(snd_seq_t *)
{
	return SERVER;
}

/* At the start nothing is there. */
int snd_seq_query_next_client(snd_seq_t *, snd_seq_client_info_t *)
{
	return -ENOENT;
}

int snd_seq_query_next_port(snd_seq_t *, snd_seq_port_info_t *)
{
	return -ENOENT;
}

int snd_seq_get_any_client_info(snd_seq_t *, int, snd_seq_client_info_t *info)
{
	snd_seq_client_info_set_name(info, "Fake");
	return 0;
}

int snd_seq_get_any_port_info(snd_seq_t *, int, int, snd_seq_port_info_t *info)
{
	if (!there)
		return -ENOENT;
	snd_seq_port_info_set_capability(info, SND_SEQ_PORT_CAP_READ | SND_SEQ_PORT_CAP_SUBS_READ |
						       SND_SEQ_PORT_CAP_WRITE |
						       SND_SEQ_PORT_CAP_SUBS_WRITE);
	snd_seq_port_info_set_type(info, SND_SEQ_PORT_TYPE_HARDWARE);
	return 0;
}

static int connected(void)
{
	if (!there)
		return -ENOENT;
	connections++;
	return 0;
}

int snd_seq_subscribe_port(snd_seq_t *, snd_seq_port_subscribe_t *)
{
	return connected();
}

int snd_seq_connect_to(snd_seq_t *, int, int, int)
{
	return connected();
}

int snd_seq_get_queue_status(snd_seq_t *, int, snd_seq_queue_status_t *status)
{
	snd_seq_real_time_t *now =
		(snd_seq_real_time_t *)snd_seq_queue_status_get_real_time(status);

	*now = (snd_seq_real_time_t){ .tv_sec = NOW };
	return 0;
}

/* The server asks in each cycle until there is no more; then it sends what its clients have left for the device. */
int snd_seq_event_input(snd_seq_t *, snd_seq_event_t **event)
{
	static snd_seq_event_t made;
	static char wish[64], *words;
	static int cycles, notes;
	char *word;

	if (!words) {
		FILE *file = fopen("wish", "r");

		words = file ? fgets(wish, sizeof wish, file) : NULL;
		notes = 0;
		if (file)
			fclose(file);
	} else if (*words == '\0') {
		words = NULL;
		unlink("wish");
	}
	if (!words) {
		/* If clients run already, which they should not, they are first in every second cycle, and too late in the others. */
		if (++cycles % 2)
			usleep(10000);
		return -EAGAIN;
	}
	word = words;
	words += strcspn(words, " ");
	if (*words == ' ')
		*words++ = '\0';
	snd_seq_ev_clear(&made);
	if (strcmp(word, "on") == 0 || strcmp(word, "off") == 0) {
		bool on = strcmp(word, "on") == 0;

		/* It goes when the server has just made its ports, in the other thread, and has connected them both. */
		for (int i = 0; !on && i < 30000 && connections < 2; i++)
			usleep(10000);
		there = on;
		if (!on)
			connections = 0;
		made.type = on ? SND_SEQ_EVENT_PORT_START : SND_SEQ_EVENT_PORT_EXIT;
		made.source.client = SND_SEQ_CLIENT_SYSTEM;
		made.data.addr.client = DEVICE;
	} else {
		long milliseconds = NOW * 1000L - atoi(word);

		snd_seq_ev_set_noteon(&made, 0, ++notes, 100);
		made.source.client = DEVICE;
		made.time.time.tv_sec = milliseconds / 1000;
		made.time.time.tv_nsec = milliseconds % 1000 * 1000000;
	}
	*event = &made;
	return 1;
}

int snd_seq_event_output(snd_seq_t *, snd_seq_event_t *event)
{
	int note = event->data.note.note;

	if (note == 0) {
		heard = lost = twice = 0;
	} else {
		heard++;
		if (note > last)
			lost += note - last - 1;
		else
			twice++;
	}
	last = note;
	return 0;
}
