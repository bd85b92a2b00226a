/*
 * downbeat-settings read FOLDER [FILE...]
 *	what the files of a boot partition ask for, but for these, one "key<TAB>value" a line; for lists, lines;
 *	"refused<TAB>KEY": it was given, and may not be: it stays as it is;
 *	"keep<TAB>FILE": something of that file was refused
 * downbeat-settings mask FILE
 *	writes over the secrets of a file of settings, where they lie: stars over those that are
 *	good, a question mark in the place of the others
 * downbeat-settings over FILE
 *	writes the text on standard input over a file that is as long or longer, where it lies
 * downbeat-settings wipe FILE...
 *	writes zeros over files, where they lie, and removes them
 * downbeat-settings check KEY
 *	whether a setting may have the value on standard input
 * downbeat-settings check keyboard_variant LAYOUT
 *	whether the layout has this variant, too, if it is one of those that there are
 * downbeat-settings psk SSID
 *	the key of a WPA2 network, of the password on standard input
 * downbeat-settings show
 *	the lines on standard input with escapes for what a terminal would obey, 200 bytes of each
 *
 * A value that is printed is one line of UTF-8 without control characters; what is wrong goes to
 * standard error, as FILE:LINE:COLUMN and what was expected, and never with the value. Exit status
 * 0; 1: something was wrong; 2: usage, or a file cannot be written.
 */
#include <iostream>
#include <iterator>
#include "settings/files/file.h"
#include "settings/folder.h"
#include "settings/psk.h"
#include "settings/shown.h"
#include "settings/values.h"

static int failed(const std::string &text)
{
	fprintf(stderr, "downbeat-settings: %s\n", text.c_str());
	return 2;
}

static std::string input()
{
	return std::string(std::istreambuf_iterator<char>(std::cin), {});
}

/* A name of a network may be any bytes: it goes on in hexadecimal digits. */
static std::string printed(const std::string &key, const std::string &text)
{
	const setting *one = known(key);

	return key == "wifi.ssid" ? hex(text) : one && one->secret && kept(text) ? "*" : text;
}

static int read(const std::string &folder, const std::vector<std::string> &without)
{
	const Asked asked = read_folder(folder, without);

	for (const auto &[key, value] : asked.values) {
		for (const std::string &text : value.texts)
			std::cout << key << '\t' << printed(key, text) << '\n';
		if (value.refused)
			std::cout << "refused\t" << key << '\n';
		else if (value.texts.empty())
			std::cout << key << "\t\n";
	}
	for (const std::string &file : asked.keep)
		std::cout << "keep\t" << file << '\n';
	for (const std::string &line : asked.problems)
		std::cerr << line << '\n';
	return asked.problems.empty() ? 0 : 1;
}

static int mask(const std::string &path)
{
	const Content found = content(path);

	if (found.state == Content::ABSENT)
		return 0;
	const auto stars = masked_file(path);
	if (!stars)
		return 1;
	return *stars == found.text || write_over(path, *stars)
		       ? 0
		       : failed(path + " could not be written over");
}

/* Of the same length in the end: spaces fill it up, before the end of its last line. */
static int over(const std::string &path)
{
	const Content old = content(path);
	std::string text = input();

	if (old.state != Content::WHOLE || text.empty() || text.size() > old.text.size())
		return failed(path +
			      " could not be written over: the text is longer than it, or empty");
	const size_t end = text.back() == '\n' ? text.size() - 1 : text.size();
	text.insert(end, old.text.size() - text.size(), ' ');
	return text == old.text || write_over(path, text)
		       ? 0
		       : failed(path + " could not be written over");
}

static int check(const std::string &key, const std::string &layout)
{
	const setting *one = known(key);

	if (!one || one->kind == YES_NO || one->kind == NUMBER)
		return failed("there is no such text: " + key);
	const std::string text = input();
	const std::string why = !fits(*one, text)                  ? why_not(*one, text)
				: fits(*known("keyboard"), layout) ? why_not_variant(layout, text)
								   : "";

	if (why.empty())
		return 0;
	fprintf(stderr, "%s: %s\n", one->key, why.c_str());
	return 1;
}

static int show()
{
	for (std::string line; std::getline(std::cin, line);)
		std::cout << shown(line) << '\n';
	return 0;
}

int main(int count, char **words)
{
	const std::string verb = count > 1 ? words[1] : "";

	if (verb == "read" && count > 2)
		return read(words[2], std::vector<std::string>(words + 3, words + count));
	if (verb == "mask" && count == 3)
		return mask(words[2]);
	if (verb == "check" && count == 3)
		return check(words[2], "");
	if (verb == "check" && count == 4 && words[2] == std::string("keyboard_variant"))
		return check(words[2], words[3]);
	if (verb == "show" && count == 2)
		return show();
	if (verb == "psk" && count == 3) {
		std::string password;
		std::getline(std::cin, password);
		std::cout << psk(password.substr(0, 63), words[2]) << '\n';
		return 0;
	}
	if (verb == "over" && count == 3)
		return over(words[2]);
	if (verb == "wipe" && count > 2) {
		for (int i = 2; i < count; i++)
			if (!wipe(words[i]))
				return failed(std::string(words[i]) + " could not be wiped");
		return 0;
	}
	return failed(
		"read FOLDER [FILE...], mask FILE, over FILE, wipe FILE..., check KEY [LAYOUT], psk SSID, or show");
}
