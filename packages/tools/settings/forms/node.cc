#include "node.h"
#include <algorithm>
#include "../shown.h"
#include "../values.h"

const Node *at(const Node *map, const std::string &key)
{
	if (map && map->kind == Node::MAP)
		for (const Item &item : map->items)
			if (item.key == key)
				return &item.node;
	return nullptr;
}

std::optional<bool> truth(const Source &source, const Node &node)
{
	std::string text = node.text;

	if (node.kind == Node::YES_NO)
		return text == "true";
	/* YAML 1.1; netplan and cloud-init take some of them in quotes, too */
	if (!source.yaml || node.kind != Node::TEXT)
		return {};
	std::transform(text.begin(), text.end(), text.begin(), ::tolower);
	if (text == "true" || text == "yes" || text == "on")
		return true;
	if (text == "false" || text == "no" || text == "off")
		return false;
	return {};
}

std::string named(const std::string &name)
{
	return shown(name, 80);
}

bool secret_name(const std::string &name)
{
	static const char *const parts[] = {
		"pass", "pasw", "psk", "hash", "secret", "wep", "token"
	};
	std::string lower = name;

	std::transform(lower.begin(), lower.end(), lower.begin(), ::tolower);
	for (const char *part : parts)
		if (lower.find(part) != std::string::npos)
			return true;
	return nearest_is_secret(name);
}

/*
 * `instead` in quotes, and then spaces: as long as what it stands for, ends of lines where they
 * were. Where there is no room for it, what is left is no secret that could be good.
 */
static std::string quoted(const std::string &was, const std::string &quotes,
			  const std::string &instead, char tiny = '0')
{
	const std::string whole = quotes + instead + quotes;
	std::string text = was.size() >= whole.size()        ? whole
			   : was.size() >= 2 * quotes.size() ? quotes + quotes
							     : std::string(was.size(), tiny);

	for (size_t i = text.size(); i < was.size(); i++)
		text += was[i] == '\n' || was[i] == '\r' ? was[i] : ' ';
	return text;
}

static std::string in_toml(const std::string &was, bool good)
{
	const char quote = was[0];

	if (quote != '"' && quote != '\'')
		return quoted(was, "\"", GONE);
	const size_t quotes =
		was.size() >= 6 && was.compare(0, 3, std::string(3, quote)) == 0 ? 3 : 1;
	const bool lines = was.find('\n') != std::string::npos;
	if (!good && !lines)
		return was.size() == 2 * quotes ? was
						: quoted(was, std::string(quotes, quote), GONE);
	std::string text = was;
	for (size_t i = quotes; i + quotes < was.size(); i++)
		if (was[i] != '\r' && was[i] != '\n')
			text[i] = good ? '*' : GONE[0];
	return text;
}

void hide(const Source &source, const Node &node, bool good)
{
	for (const Item &item : node.items)
		hide(source, item.node, good);
	if (!node.items.empty() || node.kind == Node::MAP || node.kind == Node::LIST ||
	    node.begin >= node.end)
		return;
	const std::string was = source.text.substr(node.begin, node.end - node.begin);
	source.reading.secrets.push_back(
		{ node.begin,
		  source.yaml ? quoted(was, "\"", good ? "*" : GONE, '~') : in_toml(was, good) });
}

void hide_secrets(const Source &source, const Node &node, const std::string &name)
{
	if (secret_name(name))
		return hide(source, node, false);
	for (const Item &item : node.items)
		hide_secrets(source, item.node, item.key);
}

bool has_items(const Source &source, const Item &item, const std::string &name)
{
	const Node &node = item.node;

	if (node.kind == Node::MAP || node.kind == Node::LIST)
		return !node.items.empty();
	if (node.kind != Node::NOTHING && !(node.kind == Node::TEXT && node.text.empty())) {
		tell(source.reading, item.place, named(name) + ": expected more below it");
		hide(source, node, false);
	}
	return false;
}

/* The texts of a list that are good; each of the others is told. */
static void take_list(const Source &source, const setting &one, const Node &node,
		      const std::string &name)
{
	Value value = { {}, false };
	size_t bad = 0;

	if (node.items.size() > one.most)
		return refuse(source.reading, one.key, node.place,
			      name + ": expected at most " + std::to_string(one.most) + " of them");
	for (const auto &[key, place, each] : node.items) {
		if (each.kind == Node::TEXT && fits(one, each.text))
			value.texts.push_back(each.text);
		else
			tell(source.reading, each.place, name + ": " + why_not(one, each.text)),
				bad++;
	}
	/* where all are bad, the list is, and those of before stay */
	value.refused = bad > 0 && value.texts.empty();
	source.reading.values[one.key] = value;
}

void take(const Source &source, const std::string &key, const Node &node, const std::string &name)
{
	const setting *one = known(key);
	const enum kind kind = one ? one->kind : TEXT;
	Reading &reading = source.reading;
	const auto wrong = [&] {
		refuse(reading, key, node.place, name + ": expected " + one->expected);
	};

	if (kind == TEXT) {
		const bool good = node.kind == Node::TEXT
					  ? give(reading, key, node.text, node.place, name)
					  : false;
		if (node.kind != Node::TEXT)
			refuse(reading, key, node.place,
			       name + ": expected " + (one ? one : &setting_password)->expected +
				       ", in quotes");
		if (!one || one->secret)
			hide(source, node, good);
	} else if (kind == YES_NO) {
		const auto yes = truth(source, node);
		if (yes)
			reading.values[key] = { { *yes ? "true" : "false" }, false };
		else
			wrong();
	} else if (kind == NUMBER) {
		if (node.kind == Node::NUMBER && fits(*one, atol(node.text.c_str())))
			reading.values[key] = { { node.text }, false };
		else
			wrong();
	} else if (node.kind == Node::LIST)
		take_list(source, *one, node, name);
	else
		wrong();
}

void take_host_name(const Source &source, const Node *node, const std::string &name)
{
	if (!node)
		return;
	Node lower = *node;
	std::transform(lower.text.begin(), lower.text.end(), lower.text.begin(), ::tolower);
	take(source, "hostname", lower, name);
}

const std::string *taken(const Source &source, const std::string &key)
{
	const auto found = source.reading.values.find(key);

	return found == source.reading.values.end() || found->second.texts.empty()
		       ? nullptr
		       : &found->second.texts[0];
}

void match_keyboard(const Source &source, const Node *variant, const std::string &name)
{
	const std::string *layout = taken(source, "keyboard");
	const std::string *chosen = taken(source, "keyboard_variant");
	const std::string why = layout && chosen ? why_not_variant(*layout, *chosen) : "";

	if (variant && !why.empty())
		refuse(source.reading, "keyboard_variant", variant->place, name + ": " + why);
}

bool usual_groups(const Node &node)
{
	static const char *const known[] = {
		"users", "adm",   "dialout", "audio", "netdev", "video",  "plugdev", "cdrom",
		"games", "input", "gpio",    "spi",   "i2c",    "render", "sudo",    "lpadmin",
	};
	std::string all = node.text;

	for (const Item &item : node.items) {
		if (item.node.kind != Node::TEXT)
			return false;
		all += "," + item.node.text;
	}
	for (size_t begin = all.find_first_not_of(", "); begin != std::string::npos;) {
		const size_t end = std::min(all.find_first_of(", ", begin), all.size());
		const std::string group = all.substr(begin, end - begin);
		if (std::find(std::begin(known), std::end(known), group) == std::end(known))
			return false;
		begin = all.find_first_not_of(", ", end);
	}
	return true;
}
