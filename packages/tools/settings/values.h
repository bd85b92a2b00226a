/* The settings that there are, and whether a value is one that a setting may have. */
#pragma once
#include <string>
#include <vector>
#include "keys.h"

/* The setting of this name, or nothing. */
const setting *known(const std::string &key);

/*
 * Whether it is whole UTF-8 without controls (C0, DEL, C1), ends of lines, and characters that turn
 * the direction in which a text is shown: nothing ends a line, in whatever file it will stand, and a
 * terminal shows it as it is.
 */
bool plain(const std::string &text);

bool fits(const setting &one, const std::string &text);
bool fits(const setting &one, long number);

/* Whether bytes that need not be a text may be its value. */
bool fits_octets(const setting &one, const std::string &bytes);

/* What is wrong with a variant of a layout of keyboards, each of which there is; nothing: the layout has it. */
std::string why_not_variant(const std::string &layout, const std::string &variant);

/* What is said of a text that does not fit: what is expected, and perhaps what was meant. It shows no secret. */
std::string why_not(const setting &one, const std::string &text);

/* Whether it is the stars that a secret was written over with: it is applied, and stays. */
bool kept(const std::string &text);

/* The setting whose name is nearest to a name that there is not, or nothing. */
const setting *nearest(const std::string &key);

/* Whether that one is a secret. Of a name that is near to no secret it costs little: it is asked of every name. */
bool nearest_is_secret(const std::string &key);
