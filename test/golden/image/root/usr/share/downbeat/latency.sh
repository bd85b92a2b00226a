# What downbeat-latency has to know of the sound card: soundcards/usb.yaml. Made by
# downbeat.
card_name='usb'
smallest=16 # frames
