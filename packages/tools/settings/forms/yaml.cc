#include <algorithm>
#include <cstring>
#include <yaml.h>
#include "node.h"

/* As many nodes as a tree may have. */
static const size_t MOST = 50000;

/* As many of these may be in a text: the parser compares each with all before it. */
static const char TAG[] = "%TAG";
static const size_t MOST_TAGS = 32;

namespace
{
struct Parser {
	const Source &source;
	yaml_parser_t yaml;
	size_t bom;         /* bytes in front of the text that the parser is given */
	size_t index, byte; /* of the last place that was asked for: in characters, and in bytes */
	size_t nodes;
	const char *failed; /* what is wrong with the text, beside what the parser says */
	yaml_mark_t where;
};
} // namespace

static size_t byte_of(Parser &parser, size_t index)
{
	const std::string &text = parser.source.text;

	if (index < parser.index)
		parser.index = 0, parser.byte = parser.bom;
	for (; parser.index < index && parser.byte < text.size(); parser.index++)
		do
			parser.byte++;
		while (parser.byte < text.size() && (text[parser.byte] & 0xc0) == 0x80);
	return parser.byte;
}

static Place place_of(const yaml_mark_t &mark)
{
	return { mark.line + 1, mark.column + 1 };
}

static bool next(Parser &parser, yaml_event_t &event)
{
	return !parser.failed && yaml_parser_parse(&parser.yaml, &event);
}

/* Without its own spaces behind it, and without the line ends behind a block. */
static Node scalar(Parser &parser, const yaml_event_t &event)
{
	const std::string text(reinterpret_cast<const char *>(event.data.scalar.value),
			       event.data.scalar.length);
	const bool quoted = event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	const size_t begin = byte_of(parser, event.start_mark.index);
	size_t end = byte_of(parser, event.end_mark.index);

	while (end > begin && strchr(" \t\r\n", parser.source.text[end - 1]))
		end--;
	const bool nothing = !quoted && (text.empty() || text == "~" || text == "null");
	return { nothing ? Node::NOTHING : Node::TEXT,
		 text,
		 place_of(event.start_mark),
		 begin,
		 end,
		 {} };
}

static bool fail(Parser &parser, const char *why, const yaml_mark_t &where)
{
	parser.failed = why;
	parser.where = where;
	return false;
}

static bool fill(Parser &parser, Node &node, const yaml_event_t &event, size_t depth);

/* The next node; false: the text is wrong, or `end` has come. */
static bool read(Parser &parser, Node &node, yaml_event_type_t end, size_t depth)
{
	yaml_event_t event;

	if (!next(parser, event))
		return false;
	const bool filled = event.type != end && fill(parser, node, event, depth);
	yaml_event_delete(&event);
	return filled;
}

static bool fill(Parser &parser, Node &node, const yaml_event_t &event, size_t depth)
{
	if (depth > DEEPEST)
		return fail(parser, "it is nested too deep", event.start_mark);
	if (++parser.nodes > MOST)
		return fail(parser, "it has too many values", event.start_mark);
	node = { Node::OTHER, "", place_of(event.start_mark), 0, 0, {} };
	if (event.type == YAML_SCALAR_EVENT)
		node = scalar(parser, event);
	else if (event.type == YAML_SEQUENCE_START_EVENT) {
		node.kind = Node::LIST;
		for (Node each; read(parser, each, YAML_SEQUENCE_END_EVENT, depth + 1);)
			node.items.push_back({ "", each.place, each });
	} else if (event.type == YAML_MAPPING_START_EVENT) {
		node.kind = Node::MAP;
		Node value;
		for (Node key; read(parser, key, YAML_MAPPING_END_EVENT, depth + 1);) {
			if (key.kind != Node::TEXT)
				return fail(parser, "expected a text as a key", event.start_mark);
			if (!read(parser, value, YAML_NO_EVENT, depth + 1))
				return false;
			node.items.push_back({ key.text, key.place, value });
		}
	} else if (event.type == YAML_ALIAS_EVENT)
		return fail(parser, "expected no alias (a word behind a *)", event.start_mark);
	return !parser.failed && !parser.yaml.error;
}

static bool has_too_many_tags(const std::string &text)
{
	size_t count = 0;

	for (size_t at = text.find(TAG); at != std::string::npos; at = text.find(TAG, at + 1))
		count++;
	return count > MOST_TAGS;
}

/* The first document of a text. */
static bool document(Parser &parser, Node &root)
{
	yaml_event_t event;

	for (bool more = true; more;) {
		if (!next(parser, event))
			return false;
		more = event.type == YAML_STREAM_START_EVENT ||
		       event.type == YAML_DOCUMENT_START_EVENT;
		const bool good =
			more || event.type == YAML_STREAM_END_EVENT || fill(parser, root, event, 0);
		yaml_event_delete(&event);
		if (!good)
			return false;
	}
	return true;
}

std::optional<Node> parse_yaml(const Source &source)
{
	const size_t bom = source.text.compare(0, 3, "\xef\xbb\xbf") == 0 ? 3 : 0;
	Parser parser = { source, {}, bom, 0, bom, 0, nullptr, {} };
	Node root = { Node::NOTHING, "", { 1, 1 }, 0, 0, {} };

	if (has_too_many_tags(source.text)) {
		tell(source.reading, { 0, 0 },
		     "it has too many %TAG; nothing of this file is applied or written over");
		return {};
	}
	if (!yaml_parser_initialize(&parser.yaml)) {
		tell(source.reading, { 0, 0 }, "there is no memory to read it");
		return {};
	}
	yaml_parser_set_encoding(&parser.yaml, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
		&parser.yaml, reinterpret_cast<const unsigned char *>(source.text.data()) + bom,
		source.text.size() - bom);
	const bool good = document(parser, root);
	if (!good) {
		const char *why = parser.failed         ? parser.failed
				  : parser.yaml.problem ? parser.yaml.problem
							: "it is no YAML";
		const yaml_mark_t where = parser.failed ? parser.where : parser.yaml.problem_mark;
		tell(source.reading, place_of(where),
		     std::string(why) + "; nothing of this file is applied or written over");
	}
	yaml_parser_delete(&parser.yaml);
	if (!good)
		return {};
	if (root.kind == Node::NOTHING) /* comments alone */
		root.kind = Node::MAP;
	if (root.kind == Node::MAP)
		return root;
	tell(source.reading, root.place,
	     "expected keys with values; nothing of this file is applied or written over");
	return {};
}
