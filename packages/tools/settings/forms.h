/*
 * The forms in which a card is told its settings: our own downbeat.toml, and the files of Raspberry
 * Pi OS and its Imager. Sources: raspberrypi-sys-mods, init_config (custom.toml); rpi-preseed,
 * schema/rpi-preseed.schema; userconf-pi.
 *
 * Each takes the text of a file and puts its values beside, or in the place of, those that were
 * read before. `file` is its name in messages. A file of which nothing could be read is named in
 * the values' "unread".
 */
#pragma once
#include <string>
#include "values.h"

/*
 * downbeat.toml. Its values win over those of the other files. There are two exceptions. Stars in
 * it do not undo a secret that another file gives anew. And a password belongs to the network
 * beside it: it is dropped if downbeat.toml names another network.
 */
void read_own(Values &values, const std::string &text, const std::string &file);

/* custom.toml, and rpi-preseed.toml, which has the same keys and more. */
void read_theirs(Values &values, const std::string &text, const std::string &file);

/* userconf.txt: NAME:HASH */
void read_userconf(Values &values, const std::string &text, const std::string &file);
