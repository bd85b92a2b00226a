# What a report says of this image: for /usr/lib/downbeat/report-words. Made by downbeat.
image_name='downbeat'
image_version='0.1.0'
image_base='debian-trixie-arm64'
image_kernel='debian'
image_is_own=false # whether it is made of something of somebody's own
image_card='usb' # unless the settings of this card say another
# a line each: what a board calls itself, and its id
image_boards='raspberrypi,3-model-b pi3b
raspberrypi,3-model-b-plus pi3b-plus
raspberrypi,3-model-a-plus pi3a-plus
raspberrypi,model-zero-2-w zero2w
raspberrypi,4-model-b pi4b
raspberrypi,400 pi400
raspberrypi,4-compute-module cm4
'
