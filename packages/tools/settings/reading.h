/* What one file of settings says, whatever its form, and what is wrong with it. */
#pragma once
#include <map>
#include <string>
#include <vector>

/* Counted from 1; line 0: the file as a whole. */
struct Place {
	unsigned long line, column;
};

struct Problem {
	Place place;
	std::string text;
};

/*
 * A setting has three states. Not given: it is not among the values. Given and good: it has texts,
 * one, or those of a list. Given and refused: it has none, and stays as it is on the card.
 */
struct Value {
	std::vector<std::string> texts;
	bool refused;
};
using Values = std::map<std::string, Value>;

/* Bytes of the file that are a secret, and as many that take their place when the file is kept. */
struct Secret {
	size_t begin;
	std::string instead;
};

struct Reading {
	Values values;
	std::vector<Problem> problems; /* the first of them */
	size_t more;                   /* how many there are beside those */
	std::vector<Secret> secrets;
};

/* As many problems are told of one file; the others are counted. */
constexpr size_t TOLD = 20;

/* Tells of a problem. Never with a value in it: it may be a secret. */
void tell(Reading &reading, const Place &place, const std::string &text);

/* It was given, and may not be: its setting stays as it is. Tells why, and what was expected. */
void refuse(Reading &reading, const std::string &key, const Place &place, const std::string &text);

/* Takes a text for a setting, or refuses it. `name` is what it is called in the file. */
bool give(Reading &reading, const std::string &key, const std::string &text, const Place &place,
	  const std::string &name);

/* The same for the bytes of a network's name, which need not be a text. */
void give_octets(Reading &reading, const std::string &bytes, const Place &place,
		 const std::string &name);

/* A secret that was refused is written over with this: it says that there was one. */
extern const std::string GONE;

/* The text with everything in it written over that is a secret, as long as before. */
std::string masked(std::string text, const Reading &reading);
