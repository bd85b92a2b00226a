/*
 * The client beside fake-sequencer.c: lets it plug its port in and out and send notes, sends notes
 * to it, and says what came of it. An emulated machine is late at times, and a cycle that a client
 * misses loses notes by right: such a try is repeated.
 */
#include <jack/jack.h>
#include <jack/midiport.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FROM_DEVICE "Fake:midi/playback_1" /* aliases that the driver makes of client and port */
#define TO_DEVICE "Fake:midi/capture_1"

enum { NOTES = 20, ROUNDS = 3, TRIES = 200, SOON = 4000 /* cycles */ };

static jack_client_t *client;
static jack_port_t *out, *in;
static atomic_int cycles, late, order;
static atomic_int next = NOTES + 1; /* to send, one in each cycle; 0 for those below 1 */

static int process(jack_nframes_t count, void *)
{
	static jack_nframes_t expected;
	jack_nframes_t now = jack_last_frame_time(client);
	void *to = jack_port_get_buffer(out, count), *from = jack_port_get_buffer(in, count);
	jack_midi_event_t event;

	if (now != expected)
		late++;
	expected = now + count;
	for (uint32_t i = 0; i < jack_midi_get_event_count(from); i++)
		if (jack_midi_event_get(&event, from, i) == 0)
			order = order * 10 + event.buffer[1];
	/* What was sent in the cycle before is with the device by now. If it is not, here is the time to see that. */
	usleep(5000);
	jack_midi_clear_buffer(to);
	if (next <= NOTES) {
		jack_midi_data_t note[] = { 0x90, next > 0 ? next : 0, 100 };

		jack_midi_event_write(to, 0, note, sizeof note);
		next++;
	}
	if (jack_last_frame_time(client) != now)
		late++;
	cycles++;
	return 0;
}

/* Sleeps until so many cycles of the server are over; false if they do not come. */
static bool pass(int count)
{
	int end = cycles + count;

	for (int i = 0; cycles < end && i < 720000; i++)
		usleep(5000);
	return cycles >= end;
}

static void wish(const char *words)
{
	FILE *file = fopen("wish.new", "w");

	fputs(words, file);
	fclose(file);
	rename("wish.new", "wish");
	while (access("wish", F_OK) == 0 && pass(1))
		;
}

/* Are soon just so many ports of the device there? Or so many others: a new one may have an old name, but is not connected. */
static bool soon(int count, bool others)
{
	for (int i = 0; i < SOON; i++) {
		const char **names =
			jack_get_ports(client, NULL, JACK_DEFAULT_MIDI_TYPE, JackPortIsPhysical);
		int found = 0;

		while (names && names[found])
			found++;
		jack_free(names);
		if (found == count && !(others && jack_port_connected(in)))
			return true;
		pass(1);
	}
	return false;
}

int main(void)
{
	int missing = 0, left = 0;

	for (int i = 0; !client && i < 36000; i++) {
		usleep(100000);
		client = jack_client_open("test", JackNoStartServer, NULL);
	}
	if (!client)
		return 2;
	out = jack_port_register(client, "out", JACK_DEFAULT_MIDI_TYPE, JackPortIsOutput, 0);
	in = jack_port_register(client, "in", JACK_DEFAULT_MIDI_TYPE, JackPortIsInput, 0);
	jack_set_process_callback(client, process, NULL);
	if (!out || !in || jack_activate(client) || !pass(3))
		return 3;
	wish("on");
	/* A client that only sends: one that has an input of the driver must wait for it anyway. */
	if (!soon(2, false) || jack_connect(client, jack_port_name(out), TO_DEVICE) || !pass(3))
		return 4;
	for (int i = 0; i < TRIES; i++) {
		late = 0;
		next = -3;
		pass(NOTES + 8);
		if (!late)
			break;
	}

	if (jack_connect(client, FROM_DEVICE, jack_port_name(in)) || !pass(3))
		return 5;
	/* Times that run back in a cycle; and back to this cycle, after one that is for the next. */
	printf("times");
	for (int i = 0, tries = 0; i < ROUNDS; i++) {
		do {
			late = order = 0;
			wish("20 21 -1 20");
			pass(3);
		} while (late && tries++ < TRIES);
		printf(" %d", order);
	}
	printf("\n");

	for (int i = 0; i < ROUNDS; i++) {
		jack_connect(client, FROM_DEVICE,
			     jack_port_name(in)); /* in the first round it is */
		if (!pass(3) || !jack_port_connected(in))
			return 6;
		wish("off on on");
		missing += !soon(2, true);
		wish("off");
		left += !soon(0, false);
		wish("on on off");
		left += !soon(0, false);
		wish("on on");
		missing += !soon(2, false);
	}
	printf("ports missing %d left %d\n", missing, left);
	jack_client_close(client);
	return 0;
}
