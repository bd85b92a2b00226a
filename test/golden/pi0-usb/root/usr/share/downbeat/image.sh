# What a report says of this image: for /usr/lib/downbeat/report-words. Made by downbeat.
image_name='pi0-usb'
image_version='0.1.0'
image_base='debian-trixie-armel'
image_kernel='debian'
image_is_own=false # whether it is made of something of somebody's own
image_card='usb' # unless the settings of this card say another
# a line each: what a board calls itself, and its id
image_boards='raspberrypi,model-zero pi0
raspberrypi,model-zero-w pi0w
raspberrypi,model-a-plus pi1a-plus
raspberrypi,model-b-plus pi1b-plus
raspberrypi,compute-module cm1
'
