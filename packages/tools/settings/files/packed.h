/* A reading as bytes, on their way from the process that has read to the one that goes on with it. */
#pragma once
#include "../reading.h"

std::string packed(const Reading &reading);

/* False: the bytes are no reading, or have values that no setting may have. Nothing is believed of whoever has read. */
bool unpacked(const std::string &bytes, Reading &reading);
