# What a report says of this image: for /usr/lib/downbeat/report-words. Made by downbeat.
image_name='bcm2712-usb'
image_version='0.1.0'
image_base='debian-trixie-arm64'
image_kernel='raspberrypi'
image_is_own=false # whether it is made of something of somebody's own
image_card='usb' # unless the settings of this card say another
# a line each: what a board calls itself, and its id
image_boards='raspberrypi,5-model-b pi5
raspberrypi,500 pi500
raspberrypi,500 pi500-plus
raspberrypi,5-compute-module cm5
raspberrypi,5-compute-module cm5-lite
'
