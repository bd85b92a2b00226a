/*
 * downbeat-settings read FOLDER
 *	what the files of a boot partition ask for, one "key<TAB>value" a line; for lists, lines;
 *	"unread<TAB>FILE": nothing of that file could be read
 * downbeat-settings mask FILE
 *	writes stars over the secrets of a downbeat.toml, where they lie
 * downbeat-settings over FILE
 *	writes the text on standard input over a file that is as long or longer, where it lies
 * downbeat-settings wipe FILE...
 *	writes zeros over files, where they lie, and removes them
 * downbeat-settings check KEY VALUE
 *	whether a setting may have this value
 * downbeat-settings psk SSID
 *	the key of a WPA2 network, of the password on standard input
 *
 * A value that is printed is one line of UTF-8 without control characters; what is wrong goes to
 * standard error, as FILE:LINE:COLUMN and what was expected, and never with the value. Exit status
 * 0; 1: something was wrong; 2: usage, or a file cannot be written.
 */
#include <iostream>
#include <iterator>
#include "settings/file.h"
#include "settings/forms.h"
#include "settings/mask.h"
#include "settings/psk.h"
#include "settings/values.h"

static int failed(const std::string &text)
{
	fprintf(stderr, "downbeat-settings: %s\n", text.c_str());
	return 2;
}

/* The later of two files has the last word: ours over the others'. */
static Values read_all(const std::string &folder)
{
	Values values;
	const auto with = [&](const char *name, auto read) {
		if (const auto text = content(folder + "/" + name))
			read(values, *text, name);
	};
	const auto ssh = [](Values &all, const std::string &, const char *) {
		all["ssh.enabled"] = { "true" };
	};

	with("rpi-preseed.toml", read_theirs);
	with("custom.toml", read_theirs);
	with("userconf", read_userconf);
	with("userconf.txt", read_userconf);
	with("ssh", ssh);
	with("ssh.txt", ssh);
	with("downbeat.toml", read_own);
	return values;
}

/* The password of a network becomes its key here, and goes no further. */
static void derive_key(Values &values)
{
	const auto password = values.find("wifi.password");

	if (password == values.end())
		return;
	const std::string text = password->second[0];
	values.erase(password);
	/* the key itself, as it is put there anew, beside a password of before */
	if (values.count("wifi.psk") > 0 && !kept(values["wifi.psk"][0]))
		return;
	if (values.count("wifi.ssid") == 0) {
		fprintf(stderr, "wifi.password: expected wifi.ssid beside it\n");
		problems++;
	} else
		values["wifi.psk"] = { kept(text) || text.size() == 64
					       ? text
					       : psk(text, values["wifi.ssid"][0]) };
}

static int read_folder(const std::string &folder)
{
	Values values = read_all(folder);

	derive_key(values);
	for (const auto &[key, found] : values) {
		const setting *one = known(key);
		/* a name of a network may be any bytes: it goes on in hexadecimal digits */
		for (const std::string &text : found)
			std::cout << key << '\t'
				  << (key == "wifi.ssid"                 ? hex(text)
				      : one && one->secret && kept(text) ? "*"
									 : text)
				  << '\n';
		if (found.empty() && one)
			std::cout << key << "\t\n";
	}
	return problems > 0 ? 1 : 0;
}

static int mask(const std::string &path)
{
	const auto text = content(path);

	if (!text)
		return 0;
	const auto stars = masked(*text);
	if (!stars)
		return 1;
	return *stars == *text || write_over(path, *stars)
		       ? 0
		       : failed(path + " could not be written over");
}

/* Of the same length in the end: spaces fill it up, before the end of its last line. */
static int over(const std::string &path)
{
	const auto old = content(path);
	std::string text(std::istreambuf_iterator<char>(std::cin), {});

	if (!old || text.empty() || text.size() > old->size())
		return failed(path +
			      " could not be written over: the text is longer than it, or empty");
	const size_t end = text.back() == '\n' ? text.size() - 1 : text.size();
	text.insert(end, old->size() - text.size(), ' ');
	return text == *old || write_over(path, text) ? 0
						      : failed(path + " could not be written over");
}

static int check(const std::string &key, const std::string &text)
{
	const setting *one = known(key);

	if (!one || one->kind == YES_NO || one->kind == NUMBER)
		return failed("there is no such text: " + key);
	if (fits(*one, text))
		return 0;
	fprintf(stderr, "%s: expected %s\n", one->key, one->expected);
	return 1;
}

int main(int count, char **words)
{
	const std::string verb = count > 1 ? words[1] : "";

	if (verb == "read" && count == 3)
		return read_folder(words[2]);
	if (verb == "mask" && count == 3)
		return mask(words[2]);
	if (verb == "check" && count == 4)
		return check(words[2], words[3]);
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
		"read FOLDER, mask FILE, over FILE, wipe FILE..., check KEY VALUE, or psk SSID");
}
