# What downbeat-latency has to know of the sound card: soundcards/none.yaml. Made by
# downbeat.
card_name='none'
smallest=16 # frames
