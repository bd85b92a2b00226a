#include "forms.h"
#include "walk.h"
#include "../values.h"

/* What goes nowhere without an address, or comes with it. */
static void match_network(const Source &source, const Node *network)
{
	for (const std::string name : { "gateway", "dns" }) {
		const std::string key = "network." + name;
		const Node *node = at(network, name);
		const auto address = source.reading.values.find("network.address");
		if (!node || !taken(source, key))
			continue;
		if (address == source.reading.values.end())
			refuse(source.reading, key, node->place,
			       key + ": expected network.address beside it");
		else if (!address->second.refused && address->second.texts[0] == "dhcp")
			refuse(source.reading, key, node->place,
			       key + ": expected none beside address = \"dhcp\": it comes from there, too");
	}
}

Reading read_own(const std::string &text)
{
	Reading reading = {};
	const Source source = { text, false, reading };
	const auto means = [](const std::string &name) {
		return known(name) ? std::optional(name) : std::nullopt;
	};
	const auto hint = [](const std::string &name) -> std::string {
		const setting *near = nearest(name);
		return near ? " (did you mean \"" + std::string(near->key) + "\"?)" : "";
	};

	const auto root = parse_toml(source);
	if (!root)
		return reading;
	walk(source, *root, "", means, hint);
	match_keyboard(source, at(&*root, "keyboard_variant"), "keyboard_variant");
	match_network(source, at(&*root, "network"));
	return reading;
}
