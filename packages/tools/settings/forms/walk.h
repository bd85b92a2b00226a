#pragma once
#include <functional>
#include "node.h"

/* Our name for a key, "" to pass it over, or nothing where it is not known. */
using Means = std::function<std::optional<std::string>(const std::string &name)>;

/* Takes every key of a tree for what it means; tells those that mean nothing, `hint` for the first of them. */
void walk(const Source &source, const Node &map, const std::string &prefix, const Means &means,
	  const std::function<std::string(const std::string &name)> &hint);
