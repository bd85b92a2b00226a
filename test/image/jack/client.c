/*
 * A client for the tests of our JACK packages: registers ports of both kinds, sends sound and MIDI
 * to itself, asks for the transport and sets a property, and says what came back. Exits with 0 only
 * if all of it was right. With an argument it only tells whether a server is there.
 *
 * transport.h comes first on purpose: with JACK1's own headers jack_position_t once had another
 * size then.
 */
#include <jack/transport.h>
#include <jack/midiport.h>
#include <jack/jack.h>
#include <jack/metadata.h>
#include <jack/uuid.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CYCLES = 100, GUARD = 16 };

static jack_port_t *audio_out, *audio_in, *midi_out, *midi_in;
static atomic_int cycles, sound, notes, wrong;

static int process(jack_nframes_t count, void *arg)
{
	float *out = jack_port_get_buffer(audio_out, count);
	const float *in = jack_port_get_buffer(audio_in, count);
	void *to = jack_port_get_buffer(midi_out, count);
	void *from = jack_port_get_buffer(midi_in, count);
	static const jack_midi_data_t note[] = { 0x90, 60, 100 };
	jack_midi_event_t event;

	(void)arg;
	for (jack_nframes_t i = 0; i < count; i++)
		out[i] = (float)i / 1024;
	for (jack_nframes_t i = 1; i < count; i++) {
		if (in[i] == (float)i / 1024)
			sound++;
		else if (in[i] != 0)
			wrong++;
	}
	jack_midi_clear_buffer(to);
	jack_midi_event_write(to, count / 2, note, sizeof note);
	for (uint32_t i = 0; i < jack_midi_get_event_count(from); i++) {
		jack_midi_event_get(&event, from, i);
		if (event.size == sizeof note && event.time == count / 2 &&
		    memcmp(event.buffer, note, sizeof note) == 0)
			notes++;
		else
			wrong++;
	}
	cycles++;
	return 0;
}

int main(int argc, char **)
{
	struct {
		jack_position_t position;
		unsigned char guard[GUARD];
	} asked;
	int spoiled = 0, property;
	jack_status_t status;
	jack_client_t *client = jack_client_open("test", JackNoStartServer, &status);
	char *value = NULL, *type = NULL, *own;

	if (!client) {
		printf("no server\n");
		return 2;
	}
	if (argc > 1)
		return jack_client_close(client);
	audio_out = jack_port_register(client, "sound-out", JACK_DEFAULT_AUDIO_TYPE,
				       JackPortIsOutput, 0);
	audio_in =
		jack_port_register(client, "sound-in", JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0);
	midi_out =
		jack_port_register(client, "midi-out", JACK_DEFAULT_MIDI_TYPE, JackPortIsOutput, 0);
	midi_in = jack_port_register(client, "midi-in", JACK_DEFAULT_MIDI_TYPE, JackPortIsInput, 0);
	jack_set_process_callback(client, process, NULL);
	if (!audio_out || !audio_in || !midi_out || !midi_in || jack_activate(client) ||
	    jack_connect(client, jack_port_name(audio_out), jack_port_name(audio_in)) ||
	    jack_connect(client, jack_port_name(midi_out), jack_port_name(midi_in))) {
		printf("no ports\n");
		return 3;
	}

	memset(&asked, 0xaa, sizeof asked);
	jack_transport_query(client, &asked.position);
	for (int i = 0; i < GUARD; i++)
		spoiled += asked.guard[i] != 0xaa;

	own = jack_get_uuid_for_client_name(client, "test");
	jack_uuid_t id;
	property = own && jack_uuid_parse(own, &id) == 0 &&
		   jack_set_property(client, id, "color", "red", "text/plain") == 0 &&
		   jack_get_property(id, "color", &value, &type) == 0 && strcmp(value, "red") == 0;

	for (int i = 0; i < 36000 && cycles < CYCLES; i++)
		usleep(100000);
	jack_deactivate(client);
	jack_client_close(client);
	printf("position %zu spoiled %d property %d sound %d notes %d wrong %d\n",
	       sizeof asked.position, spoiled, property, sound > 0, notes > 0, wrong);
	return cycles < CYCLES || spoiled || !sound || !notes || wrong;
}
