#include "walk.h"

void walk(const Source &source, const Node &map, const std::string &prefix, const Means &means,
	  const std::function<std::string(const std::string &name)> &hint)
{
	for (const auto &[key, place, node] : map.items) {
		const std::string name = prefix + key;
		const std::optional<std::string> ours = means(name);
		/* "wifi.password" in quotes is no key of a table */
		const bool dotted = key.find('.') != std::string::npos;
		if (!dotted && ours && !ours->empty()) {
			take(source, *ours, node, name);
			continue;
		}
		/* what is longer than any name that there is has none of them in it */
		if (!dotted && node.kind == Node::MAP && name.size() < 8 * DEEPEST) {
			walk(source, node, name + ".", means, hint);
			continue;
		}
		if (!dotted && ours)
			continue;
		const bool told = source.reading.problems.size() < TOLD;
		tell(source.reading, place,
		     named(name) + (dotted && ours ? ": write it without quotes"
				    : !told        ? ""
						   : ": there is no such setting" + hint(name)));
		hide_secrets(source, node, name);
	}
}
