#pragma once
#include <string>

/* Two digits a byte. */
std::string hex(const std::string &bytes);

/*
 * The key of a WPA2 network from its password, in hexadecimal: PBKDF2-HMAC-SHA1, 4096 rounds, 32
 * bytes (IEEE 802.11-2016, J.4). Here, and not in wpa_passphrase, so that the password leaves this
 * program by no way: no pipe, no argument, no comment in a file.
 */
std::string psk(const std::string &password, const std::string &ssid);
