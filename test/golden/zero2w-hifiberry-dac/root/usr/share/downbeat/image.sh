# What a report says of this image: for /usr/lib/downbeat/report-words. Made by downbeat.
image_name='zero2w-hifiberry-dac'
image_version='0.1.0'
image_base='debian-trixie-arm64'
image_kernel='debian'
image_is_own=false # whether it is made of something of somebody's own
image_card='hifiberry-dac' # unless the settings of this card say another
# a line each: what a board calls itself, and its id
image_boards='raspberrypi,model-zero-2-w zero2w
'
