/*
 * The forms in which a card is told its settings: our own downbeat.toml, and the files of Raspberry
 * Pi OS, of its Imager and of others. Sources: raspberrypi-sys-mods, init_config (custom.toml);
 * rpi-preseed, schema/rpi-preseed.schema; userconf-pi; cloud-init, its modules and network config
 * versions 1 and 2; wpa_supplicant.conf(5).
 *
 * Each takes the text of a file. What it says is either in the values of what comes back, or among
 * the problems.
 */
#pragma once
#include "../reading.h"

/* downbeat.toml */
Reading read_own(const std::string &text);

/* custom.toml, and rpi-preseed.toml, which has the same keys and more. */
Reading read_theirs(const std::string &text);

/* userconf.txt: NAME:HASH */
Reading read_userconf(const std::string &text);

/* wpa_supplicant.conf: one network of it. */
Reading read_supplicant(const std::string &text);

/* cloud-init's user-data, if it is #cloud-config; its meta-data; and its network-config. */
Reading read_user_data(const std::string &text);
Reading read_meta_data(const std::string &text);
Reading read_network_config(const std::string &text);

/* ssh: that it is there is all it says. */
Reading read_ssh(const std::string &text);
