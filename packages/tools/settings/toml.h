/* The reader of TOML, compiled once, in toml.cc: without exceptions, and it writes none. */
#pragma once
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_HEADER_ONLY 0
#include <toml++/toml.h>
