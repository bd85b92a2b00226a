# What downbeat-latency and the settings have to know of the sound card:
# soundcards/hifiberry-dac.yaml. Made by downbeat.
card_name='hifiberry-dac'
smallest=16 # frames
shortest_ms=0 # a period lasts so long at any rate; 0: nothing is known
step=1 # a period is a multiple of it
# what this server does whatever stands in its options; nothing: each period waits for what was made in
# the one before
waits=
rates='44100 48000 88200 96000 176400 192000 352800 384000' # Hz; none: nobody has read all of them
priority=70 # of JACK's own thread, SCHED_FIFO
