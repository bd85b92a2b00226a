/* What was read, what is wrong with it, and whether a value is one that a setting may have. */
#pragma once
#include <map>
#include <string>
#include <vector>
#include "keys.h"

struct Place {
	std::string file;
	unsigned long line, column;
};

/* What each setting was given: one text, or those of a list. */
using Values = std::map<std::string, std::vector<std::string>>;

/* How many were told of. */
extern int problems;

/* Tells of one, on standard error. Never with a value in it: it may be a secret. */
void problem(const Place &place, const std::string &text);

/* The setting of this name, or nothing. */
const setting *known(const std::string &key);

/* Whether it has nothing that could end a line, in whatever file it will stand, and is UTF-8 whole: else it would not come through an editor. */
bool plain(const std::string &text);

bool fits(const setting &one, const std::string &text);
bool fits(const setting &one, long number);

/* Whether it is the stars that a secret was written over with: it is applied, and stays. */
bool kept(const std::string &text);

/* A hint for a setting that is not known, or "". */
std::string did_you_mean(const std::string &key);
