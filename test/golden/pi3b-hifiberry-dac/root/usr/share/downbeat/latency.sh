# What downbeat-latency has to know of the sound card: soundcards/hifiberry-dac.yaml. Made by
# downbeat.
card_name='hifiberry-dac'
smallest=16 # frames
