#pragma once
#include <string>

/* How many bytes of UTF-8 begin here, and what they mean; 0 where they are none. */
size_t character(const std::string &text, size_t at, unsigned long &code);

/*
 * Letters that stand for one byte each, as those bytes, if they are UTF-8: "KÃ¼che" was "Küche". Any
 * other text stays what it is.
 */
std::string bytes_of_letters(const std::string &text);

/* Bytes that are written in two digits each; nothing where they are not. */
std::string bytes_of_hex(const std::string &hex);
