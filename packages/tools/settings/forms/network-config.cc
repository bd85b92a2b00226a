#include <algorithm>
#include "forms.h"
#include "node.h"
#include "../utf8.h"

static bool starts(const std::string &text, const char *with)
{
	return text.rfind(with, 0) == 0;
}

/* Addresses and the like come from the network: what says so is passed over, and what says otherwise is told. */
static void other_key(const Source &source, const Item &item, const std::string &name)
{
	const auto yes = truth(source, item.node);
	const bool automatic =
		((item.key == "dhcp4" || item.key == "dhcp6") && yes.value_or(false)) ||
		(item.key == "accept-ra" && yes.value_or(false)) || item.key == "optional" ||
		item.key == "match" || item.key == "set-name" || item.key == "renderer" ||
		item.key == "regulatory-domain" || item.key == "access-points" ||
		item.key == "dhcp-identifier" || item.key == "link-local";

	if (automatic)
		return;
	tell(source.reading, item.place,
	     named(name + item.key) + ": this system does not read it; its address comes by DHCP");
	hide_secrets(source, item.node, item.key);
}

static void take_auth(const Source &source, const Item &auth)
{
	for (const auto &[key, place, node] : auth.node.items)
		if (key == "password")
			take(source, "wifi.password", node, "auth.password");
		else if (key != "key-management" ||
			 (node.text != "psk" && node.text != "sae" && node.text != "none")) {
			refuse(source.reading, "wifi.ssid", place,
			       "auth." + named(key) + ": expected a network with a password alone");
			hide_secrets(source, node, key);
		}
	const Node *how = at(&auth.node, "key-management");
	if (!at(&auth.node, "password") && (!how || how->text != "none"))
		refuse(source.reading, "wifi.ssid", auth.place, "auth: expected password in it");
}

static void take_access_point(const Source &source, const Item &point)
{
	/* Raspberry Pi Imager 2.0 writes each byte of such a letter as \xHH, which is a letter in YAML. */
	give(source.reading, "wifi.ssid", bytes_of_letters(point.key), point.place,
	     "access-points");
	if (point.node.kind != Node::MAP && point.node.kind != Node::NOTHING) {
		refuse(source.reading, "wifi.ssid", point.place,
		       "access-points: expected password: behind it");
		hide(source, point.node, false);
	}
	for (const Item &item : point.node.items) {
		const std::string name = "access-points." + item.key;
		if (item.key == "password")
			take(source, "wifi.password", item.node, name);
		else if (item.key == "hidden")
			take(source, "wifi.hidden", item.node, name);
		else if (item.key == "auth")
			take_auth(source, item);
		else if (item.key != "mode" || item.node.text != "infrastructure")
			other_key(source, item, "access-points.");
	}
}

/* The first network of all is `taken`. */
static void take_device(const Source &source, const Item &device, bool &taken)
{
	for (const Item &item : device.node.items) {
		other_key(source, item, device.key + ".");
		if (item.key == "regulatory-domain")
			take(source, "wifi.country", item.node, item.key);
		if (item.key != "access-points" || !has_items(source, item, item.key))
			continue;
		for (const Item &point : item.node.items) {
			if (!taken)
				take_access_point(source, point);
			else {
				tell(source.reading, point.place,
				     "access-points: the card joins one network, the first of these");
				hide(source, point.node, false);
			}
			taken = true;
		}
	}
}

/* version 2, which is netplan's */
static void take_version_2(const Source &source, const Node &network)
{
	bool taken = false;

	for (const Item &kind : network.items) {
		if (kind.key == "version" || kind.key == "renderer")
			continue;
		if (kind.key != "ethernets" && kind.key != "wifis") {
			other_key(source, kind, "");
			continue;
		}
		if (!has_items(source, kind, kind.key))
			continue;
		for (const Item &device : kind.node.items)
			if (device.key != "renderer" &&
			    has_items(source, device, kind.key + "." + device.key))
				take_device(source, device, taken);
	}
}

/* version 1, which knows no Wi-Fi: it says how addresses come */
static void take_version_1(const Source &source, const Node &network)
{
	for (const Item &item : network.items) {
		if (item.key == "version")
			continue;
		if (item.key != "config") {
			tell(source.reading, item.place,
			     named(item.key) +
				     ": this system does not read it; Wi-Fi needs version: 2");
			hide_secrets(source, item.node, item.key);
			continue;
		}
		if (!has_items(source, item, item.key))
			continue;
		for (const Item &one : item.node.items) {
			const Node *subnets = at(&one.node, "subnets"),
				   *type = at(&one.node, "type");
			bool automatic =
				type && (type->text == "physical" || type->text == "loopback");
			if (subnets)
				for (const Item &subnet : subnets->items) {
					const Node *how = at(&subnet.node, "type");
					automatic = automatic && how &&
						    (starts(how->text, "dhcp") ||
						     how->text == "ipv6_slaac" ||
						     how->text == "loopback");
				}
			if (!automatic)
				tell(source.reading, one.place,
				     "this system does not read it; its address comes by DHCP, and Wi-Fi needs version: 2");
			hide_secrets(source, one.node, "");
		}
	}
}

Reading read_network_config(const std::string &text)
{
	Reading reading = {};
	const Source source = { text, true, reading };
	const auto root = parse_yaml(source);

	if (!root || root->items.empty())
		return reading;
	const Node *inner = at(&*root, "network");
	const Node &network = inner ? *inner : *root;
	for (const Item &item : root->items)
		if (inner && &item.node != inner)
			other_key(source, item, "");
	const Node *version = at(&network, "version");
	if (version && version->text == "1")
		take_version_1(source, network);
	else if (version && version->text == "2")
		take_version_2(source, network);
	else if (const Node *config = at(&network, "config"); config && config->text == "disabled")
		return reading;
	else {
		tell(reading, network.place,
		     "expected version: 2, or 1; nothing of this file is applied");
		hide(source, network, false);
	}
	return reading;
}
