# What a report says of this image: for /usr/lib/downbeat/report-words. Made by downbeat.
image_name='modules-usb'
image_version='0.1.0'
image_base='debian-trixie-arm64'
image_kernel='raspberrypi'
image_is_own=false # whether it is made of something of somebody's own
image_card='usb' # unless the settings of this card say another
# a line each: what a board calls itself, and its id
image_boards='raspberrypi,0-compute-module cm0
raspberrypi,model-zero-2-w zero2w
raspberrypi,2-model-b-rev2 pi2b-1.2
raspberrypi,3-model-b pi3b
raspberrypi,3-compute-module cm3
raspberrypi,3-compute-module cm3-plus
raspberrypi,4-model-b pi4b
raspberrypi,4-compute-module cm4
raspberrypi,4-compute-module-s cm4s
'
