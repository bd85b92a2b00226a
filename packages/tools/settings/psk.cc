#include "psk.h"
#include <nettle/pbkdf2.h>

std::string hex(const std::string &bytes)
{
	std::string text;

	for (unsigned char byte : bytes)
		text += "0123456789abcdef"[byte >> 4], text += "0123456789abcdef"[byte & 15];
	return text;
}

std::string psk(const std::string &password, const std::string &ssid)
{
	const auto bytes = [](const std::string &text) {
		return reinterpret_cast<const uint8_t *>(text.data());
	};
	uint8_t key[32];

	pbkdf2_hmac_sha1(password.size(), bytes(password), 4096, ssid.size(), bytes(ssid),
			 sizeof key, key);
	return hex(std::string(reinterpret_cast<const char *>(key), sizeof key));
}
