/* A text of TOML or YAML as a tree: what its form makes of it does not ask which of them it was. */
#pragma once
#include <optional>
#include "../reading.h"

struct Item;

struct Node {
	enum { MAP, LIST, TEXT, NUMBER, YES_NO, NOTHING, OTHER } kind;
	std::string text; /* what it says: also of a number, and true or false */
	Place place;
	size_t begin, end; /* its bytes in the text, with its quotes */
	std::vector<Item> items;
};

struct Item {
	std::string key; /* of a list: none */
	Place place;
	Node node;
};

/* A text, and what is said of it. */
struct Source {
	const std::string &text;
	bool yaml;
	Reading &reading;
};

/* The tree of a text, whose root is a map. Nothing where it is no TOML, or no YAML: that was told. Nothing is known of it then, its secrets neither. */
std::optional<Node> parse_toml(const Source &source);
std::optional<Node> parse_yaml(const Source &source);

/* As deep as a tree may be: no file of settings is deeper than 8. */
constexpr size_t DEEPEST = 32;

/* What stands at a key of a map, or nothing. */
const Node *at(const Node *map, const std::string &key);

/* true, false, or nothing; in YAML yes, no, on and off, too. */
std::optional<bool> truth(const Source &source, const Node &node);

/* A key as a person is shown it, and one that may be the name of a secret, though nobody knows it. */
std::string named(const std::string &name);
bool secret_name(const std::string &name);

/* Writes over all texts and numbers of a node when the file is kept: `good` ones, which are applied, with stars. */
void hide(const Source &source, const Node &node, bool good);

/* The same for what has the name of a secret in a node of which nothing is read, or is such itself. */
void hide_secrets(const Source &source, const Node &node, const std::string &name);

/* Whether there is something below an item. What stands there instead is told, and hidden: it may be a secret. */
bool has_items(const Source &source, const Item &item, const std::string &name);

/* Takes a node for a setting, or refuses it; hides it if the setting is a secret. */
void take(const Source &source, const std::string &key, const Node &node, const std::string &name);

/* The same for the name of a machine, which others write with capital letters. Nothing where there is no node. */
void take_host_name(const Source &source, const Node *node, const std::string &name);

/* The text that was taken for a setting; nothing where it was refused, or not given. */
const std::string *taken(const Source &source, const std::string &key);

/* Refuses a variant of a keyboard that was taken, if the layout beside it does not have it. */
void match_keyboard(const Source &source, const Node *variant, const std::string &name);

/* Groups that a Raspberry Pi's account is in: nothing is lost where it stays in those of the image. */
bool usual_groups(const Node &node);
