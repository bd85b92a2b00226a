#include <algorithm>
#include "forms.h"
#include "node.h"
#include "../values.h"

static bool among(const std::string &word, std::initializer_list<const char *> words)
{
	return std::any_of(words.begin(), words.end(),
			   [&](const char *one) { return word == one; });
}

/* One line for a key of which nothing is read. Its secrets are hidden all the same. */
static void ignore(const Source &source, const Item &item, const std::string &name)
{
	tell(source.reading, item.place, named(name) + ": this system does not read it");
	hide_secrets(source, item.node, name);
	/* whatever it is, it may be one */
	if (item.key == "write_files")
		hide(source, item.node, false);
}

/* A key, or a list of keys. */
static void take_keys(const Source &source, const Item &item, const std::string &name)
{
	Node list = item.node;

	if (list.kind == Node::TEXT)
		list = { Node::LIST, "", list.place, 0, 0, { { "", list.place, list } } };
	if (list.kind != Node::NOTHING)
		take(source, "user.ssh_keys", list, name);
}

static void take_account(const Source &source, const Node &account, const std::string &prefix)
{
	const Node *locked = at(&account, "lock_passwd");
	/* what is neither true nor false opens no account */
	const bool lock = locked && truth(source, *locked).value_or(true);

	for (const Item &item : account.items) {
		const std::string name = prefix + item.key;
		if (item.key == "name")
			take(source, "user.name", item.node, name);
		else if (among(item.key, { "passwd", "hashed_passwd", "plain_text_passwd" }) &&
			 lock) {
			tell(source.reading, item.place, name + ": it is locked by lock_passwd");
			hide(source, item.node, false);
		} else if (among(item.key, { "passwd", "hashed_passwd" }))
			take(source, "user.password_hash", item.node, name);
		else if (item.key == "plain_text_passwd")
			take(source, "user.password", item.node, name);
		else if (item.key == "ssh_authorized_keys")
			take_keys(source, item, name);
		else if (item.key == "groups" && usual_groups(item.node))
			continue;
		else if (item.key == "shell" && item.node.text == "/bin/bash")
			continue;
		else if (item.key == "sudo" && item.node.text.find("NOPASSWD") != std::string::npos)
			continue;
		else if (item.key == "homedir" && item.node.text.rfind("/home/", 0) == 0)
			continue;
		else if (item.key == "lock_passwd" && !truth(source, item.node))
			tell(source.reading, item.place, name + ": expected true or false");
		else if (!among(item.key, { "lock_passwd", "gecos", "create_groups" }))
			ignore(source, item, name);
	}
}

static void take_accounts(const Source &source, const Item &users)
{
	bool taken = false;

	if (!has_items(source, users, "users"))
		return;
	for (const Item &item : users.node.items) {
		if (item.node.kind == Node::TEXT && item.node.text == "default")
			continue;
		if (item.node.kind == Node::MAP && !taken) {
			take_account(source, item.node, "users.");
			taken = true;
			continue;
		}
		tell(source.reading, item.place,
		     "users: the card has one account, the first of these");
		hide(source, item.node, false);
	}
}

/* Whether a name is that of the card's account: the one that the file names, or may be it. */
static bool of_account(const Source &source, const Node *name)
{
	const std::string *own = taken(source, "user.name");

	return !name || (own ? name->text == *own : fits(*known("user.name"), name->text));
}

/* What it says of passwords of accounts that are there already. */
static void take_chpasswd(const Source &source, const Item &item)
{
	if (!has_items(source, item, item.key))
		return;
	for (const Item &inner : item.node.items) {
		if (inner.key == "expire" && !truth(source, inner.node).value_or(true))
			continue;
		if (inner.key != "users" || inner.node.kind != Node::LIST) {
			ignore(source, inner, "chpasswd." + inner.key);
			hide(source, inner.node, false);
			continue;
		}
		for (const Item &account : inner.node.items) {
			const std::string name = "chpasswd.users";
			const Node *password = at(&account.node, "password");
			const Node *type = at(&account.node, "type");
			const bool as_text = type && type->text == "text";
			if (!password || (type && !as_text && type->text != "hash") ||
			    !of_account(source, at(&account.node, "name"))) {
				tell(source.reading, account.place,
				     name + ": expected the password of the card's one account");
				hide(source, account.node, false);
			} else
				take(source, as_text ? "user.password" : "user.password_hash",
				     *password, name + ".password");
		}
	}
}

/* The word behind another one in a command, without its quotes; empty: there is none. */
static std::string word_behind(const std::string &words, const std::string &word)
{
	const size_t at = words.find(word);
	const size_t begin =
		at == words.npos ? at : words.find_first_not_of(" \"'", at + word.size());

	return begin == words.npos
		       ? ""
		       : words.substr(begin, words.find_first_of(" \"'/", begin) - begin);
}

/*
 * Of the commands those that Raspberry Pi Imager writes: what they are for is so on this system, or
 * is a setting. Of the others the first is told: none is run.
 */
static void take_commands(const Source &source, const Item &item)
{
	Reading &reading = source.reading;
	bool told = false;

	if (!has_items(source, item, item.key))
		return;
	for (const Item &command : item.node.items) {
		std::string words = " " + command.node.text;
		for (const Item &word : command.node.items)
			words += " " + word.node.text;
		const auto says = [&](const char *text) { return words.find(text) != words.npos; };
		const std::string keyboard = word_behind(words, " set-x11-keymap ");
		const std::string country = word_behind(words, "/REGDOMAIN=");
		if (says(" systemctl") && says(" enable") && says(" ssh"))
			reading.values["ssh.enabled"] = { { "true" }, false };
		else if (!keyboard.empty())
			give(reading, "keyboard", keyboard, command.place, item.key);
		else if (!country.empty())
			give(reading, "wifi.country", country, command.place, item.key);
		else if (!says("rfkill") && !says(" setupcon ") && !says(" NOPASSWD:ALL") &&
			 !says(" chmod 0440 /etc/sudoers.d/")) {
			if (!told)
				tell(reading, command.place,
				     named(item.key) +
					     ": this system runs no commands of this file");
			told = true;
			/* the key of the board to Raspberry Pi Connect */
			if (says("com.raspberrypi.connect"))
				hide(source, command.node, false);
		}
	}
}

static void take_keyboard(const Source &source, const Item &item)
{
	if (!has_items(source, item, item.key))
		return;
	for (const Item &inner : item.node.items) {
		const std::string name = "keyboard." + inner.key;
		if (inner.key == "layout")
			take(source, "keyboard", inner.node, name);
		else if (inner.node.kind == Node::NOTHING ||
			 (inner.node.kind == Node::TEXT && inner.node.text.empty()))
			continue;
		else if (inner.key == "variant")
			take(source, "keyboard_variant", inner.node, name);
		else if (!(inner.key == "model" && among(inner.node.text, { "pc105", "pc104" })))
			ignore(source, inner, name);
	}
}

Reading read_user_data(const std::string &text)
{
	Reading reading = {};
	const Source source = { text, true, reading };
	const std::string first = text.substr(0, text.find_first_of("\r\n"));

	if (text.find_first_not_of(" \t\r\n") == std::string::npos)
		return reading;
	if (first.find("#cloud-config") == std::string::npos) {
		tell(reading, { 1, 1 },
		     "expected #cloud-config: scripts and the like are not run; nothing of this file is applied or written over");
		return reading;
	}
	const auto root = parse_yaml(source);
	if (!root)
		return reading;
	const bool host = at(&*root, "hostname");
	const Item *passwords = nullptr;
	for (const Item &item : root->items) {
		const Node &node = item.node;
		const std::string &key = item.key;
		if (node.kind == Node::NOTHING)
			continue;
		if (key == "hostname")
			take_host_name(source, &node, key);
		else if (key == "fqdn") {
			Node name = node;
			name.text.erase(std::min(name.text.find('.'), name.text.size()));
			if (!host)
				take_host_name(source, &name, key);
		} else if (key == "timezone" || key == "locale")
			take(source, key, node, key);
		else if (key == "keyboard")
			take_keyboard(source, item);
		else if (key == "users")
			take_accounts(source, item);
		else if (key == "user" && node.kind == Node::MAP)
			take_account(source, node, "user.");
		else if (key == "user")
			take(source, "user.name", node, key);
		else if (key == "password")
			take(source, node.text[0] == '$' ? "user.password_hash" : "user.password",
			     node, key);
		else if (key == "chpasswd")
			passwords = &item;
		else if (key == "ssh_authorized_keys")
			take_keys(source, item, key);
		else if (key == "ssh_pwauth")
			take(source, "ssh.password_login", node, key);
		else if (key == "enable_ssh")
			take(source, "ssh.enabled", node, key);
		else if (key == "runcmd" || key == "bootcmd")
			take_commands(source, item);
		/* that its name is known in the network */
		else if (key == "packages" && node.kind == Node::LIST &&
			 std::all_of(node.items.begin(), node.items.end(), [](const Item &one) {
				 return one.node.text == "avahi-daemon";
			 }))
			continue;
		else if (key == "disable_root" && !truth(source, node).value_or(false))
			ignore(source, item, key);
		/* how this system is already, or nothing that it has */
		else if (!among(key, { "manage_resolv_conf", "manage_etc_hosts",
				       "preserve_hostname", "apt", "disable_root", "ssh_deletekeys",
				       "ssh_genkeytypes", "growpart", "resize_rootfs",
				       "package_update", "package_upgrade", "final_message" }))
			ignore(source, item, key);
	}
	/* of the account that was named, wherever */
	if (passwords)
		take_chpasswd(source, *passwords);
	/* a command may have named another layout */
	match_keyboard(source, at(at(&*root, "keyboard"), "variant"), "keyboard.variant");
	return reading;
}

Reading read_meta_data(const std::string &text)
{
	Reading reading = {};
	const Source source = { text, true, reading };

	const auto root = parse_yaml(source);
	if (!root)
		return reading;
	for (const Item &item : root->items)
		if (item.key == "local-hostname" || item.key == "hostname")
			take_host_name(source, &item.node, item.key);
		else if (!among(item.key, { "instance-id", "instance_id", "dsmode" }))
			ignore(source, item, item.key);
	return reading;
}
