#pragma once
#include <functional>
#include "../reading.h"

/*
 * Reads in a process of its own, which may take thirty seconds of a processor and 256 MiB: whatever a
 * text does to its reader, no other file is lost by it. False: it did not come to its end, or what
 * it gave is no reading.
 */
bool read_apart(const std::function<Reading()> &read, Reading &reading);
