#include "reading.h"
#include "shown.h"
#include "values.h"

const std::string GONE = "?";

void tell(Reading &reading, const Place &place, const std::string &text)
{
	if (reading.problems.size() < TOLD)
		reading.problems.push_back({ place, shown(text) });
	else
		reading.more++;
}

void refuse(Reading &reading, const std::string &key, const Place &place, const std::string &text)
{
	tell(reading, place, text);
	reading.values[key] = { {}, true };
}

bool give(Reading &reading, const std::string &key, const std::string &text, const Place &place,
	  const std::string &name)
{
	/* in the clear: only other forms have it, and it becomes a hash */
	const bool password = key == setting_password.key;
	const setting *one = password ? &setting_password : known(key);
	const bool fit = fits(*one, text);

	if (text == GONE && one->secret)
		refuse(reading, key, place,
		       name + ": what stood here was refused and is not kept; write it again");
	else if (!fit)
		refuse(reading, key, place, name + ": " + why_not(*one, text));
	else if (password && kept(text))
		return true; /* its hash is there */
	else
		reading.values[key] = { { text }, false };
	return fit && text != GONE;
}

void give_octets(Reading &reading, const std::string &bytes, const Place &place,
		 const std::string &name)
{
	const setting *ssid = known("wifi.ssid");

	if (!fits_octets(*ssid, bytes))
		refuse(reading, ssid->key, place, name + ": expected " + ssid->expected);
	else
		reading.values[ssid->key] = { { bytes }, false };
}

std::string masked(std::string text, const Reading &reading)
{
	for (const Secret &secret : reading.secrets)
		text.replace(secret.begin, secret.instead.size(), secret.instead);
	return text;
}
