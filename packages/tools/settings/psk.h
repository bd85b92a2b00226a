/*
 * The key of a WPA2 network from its password: PBKDF2-HMAC-SHA1, 4096 rounds, 32 bytes (IEEE 802.11-2016, J.4). Here, and
 * not in wpa_passphrase, so that the password leaves this program by no way: no pipe, no argument, no comment in a file.
 */
#include <array>
#include <cstdint>
#include <string>

using Hash = std::array<uint32_t, 5>;

static uint32_t turned(uint32_t value, int bits)
{
	return value << bits | value >> (32 - bits);
}

/* FIPS 180-4 */
static Hash sha1(std::string text)
{
	Hash hash = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 };
	const uint64_t bits = text.size() * 8;

	text += '\x80';
	text.append((120 - text.size() % 64) % 64, '\0');
	for (int shift = 56; shift >= 0; shift -= 8)
		text += static_cast<char>(bits >> shift);
	for (size_t at = 0; at < text.size(); at += 64) {
		uint32_t word[80];
		for (int i = 0; i < 80; i++) {
			if (i >= 16) {
				word[i] = turned(word[i - 3] ^ word[i - 8] ^ word[i - 14] ^ word[i - 16], 1);
				continue;
			}
			word[i] = 0;
			for (int j = 0; j < 4; j++)
				word[i] = word[i] << 8 | static_cast<unsigned char>(text[at + 4 * i + j]);
		}
		auto [a, b, c, d, e] = hash;
		for (int i = 0; i < 80; i++) {
			const uint32_t mixed = i < 20   ? ((b & c) | (~b & d)) + 0x5a827999
					       : i < 40 ? (b ^ c ^ d) + 0x6ed9eba1
					       : i < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
							: (b ^ c ^ d) + 0xca62c1d6;
			const uint32_t next = turned(a, 5) + mixed + e + word[i];
			e = d, d = c, c = turned(b, 30), b = a, a = next;
		}
		hash = { hash[0] + a, hash[1] + b, hash[2] + c, hash[3] + d, hash[4] + e };
	}
	return hash;
}

static std::string bytes_of(const Hash &hash)
{
	std::string bytes;

	for (uint32_t word : hash)
		for (int shift = 24; shift >= 0; shift -= 8)
			bytes += static_cast<char>(word >> shift);
	return bytes;
}

/* RFC 2104; the key has at most 64 bytes. */
static Hash hmac(std::string key, const std::string &text)
{
	key.resize(64);
	std::string inner = key, outer = key;
	for (int i = 0; i < 64; i++)
		inner[i] ^= 0x36, outer[i] ^= 0x5c;
	return sha1(outer + bytes_of(sha1(inner + text)));
}

static std::string hex(const std::string &bytes)
{
	std::string text;

	for (unsigned char byte : bytes)
		text += "0123456789abcdef"[byte >> 4], text += "0123456789abcdef"[byte & 15];
	return text;
}

static std::string psk(const std::string &password, const std::string &ssid)
{
	std::string key;

	for (char block = 1; key.size() < 32; block++) {
		Hash step = hmac(password, ssid + std::string{ '\0', '\0', '\0', block });
		Hash sum = step;
		for (int round = 1; round < 4096; round++) {
			step = hmac(password, bytes_of(step));
			for (int i = 0; i < 5; i++)
				sum[i] ^= step[i];
		}
		key += bytes_of(sum);
	}
	return hex(key.substr(0, 32));
}
