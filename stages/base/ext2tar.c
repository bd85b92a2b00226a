/*
 * ext2tar: writes the files of an ext2, ext3 or ext4 file system as a tar, without mounting it and
 * without any privilege.
 *
 *   ext2tar IMAGE OFFSET [HIDDEN] > TAR
 *
 * OFFSET: where in IMAGE the file system begins, in bytes. HIDDEN: a folder such as ./boot/firmware
 * that is covered by a mount on the running system; it is written, but nothing of what is in it.
 *
 * Owners, modes, times (nanoseconds since 1970, seconds before), symbolic and hard links, holes,
 * fifos, file capabilities, POSIX ACLs and user attributes are kept. In a user namespace
 *     tar -xpf TAR --numeric-owner --xattrs --xattrs-include='*' --acls --warning=no-unknown-keyword
 * restores them all. Left out, with a line on stderr for each, is what only the real root could
 * restore: device nodes (a running system has its own in a devtmpfs), trusted.* and other
 * attributes of the system, immutability; and sockets, which no tar has. The same file system gives
 * the same bytes: the names of a folder are sorted as bytes.
 *
 * libarchive takes no name for text that is not ASCII, because this program sets no locale: it
 * writes its bytes as they are, with a keyword about it (hdrcharset) that GNU tar does not know. In
 * a UTF-8 locale it would change names in CESU-8.
 *
 * What else reads such a file system, and what is lost with it. Tried: rdump of debugfs (e2fsprogs
 * 1.47) loses set-uid bits, extended attributes and with them capabilities and ACLs, nanoseconds,
 * the times of symbolic links; it writes hard links as files of their own, and fills holes. fuse2fs
 * with tar loses nothing, but wants /dev/fuse, which an ordinary user's namespace has not. Not
 * tried, by their manuals: 7z and e2tools lose owners; guestfish boots a kernel.
 *
 *   cc -std=c11 -O2 -Wall -Wextra -Werror -o ext2tar ext2tar.c -lext2fs -lcom_err -larchive
 */
#define _XOPEN_SOURCE 700 /* tsearch */

#include <archive.h>
#include <archive_entry.h>
#include <ext2fs/ext2fs.h>
#include <search.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OK = 0, FAILED = 1, USAGE = 2 };

static const size_t CHUNK = 1 << 20; /* bytes read at once; a multiple of every block size */
static const size_t LONGEST_PATH =
	1 << 13; /* twice what Linux takes: a tree that is deeper runs in a circle */

static ext2_filsys fs;
static struct archive *tar;
static struct archive_entry *entry;
static const char *hidden = "";
static void *seen;          /* struct seen: files that have more than one name */
static char *chunk, *zeros; /* CHUNK bytes each */

/* The path of the entry at hand, beginning with "." */
static char path[1 << 14] = ".";

/* ---- What is said. ---- */

/* A name may hold any byte: the others become octal numbers, so that a line stays a line. */
static void print_path(void)
{
	for (const unsigned char *at = (unsigned char *)path; *at != '\0'; at++)
		fprintf(stderr, *at < ' ' || *at > '~' || *at == '\\' ? "\\%03o" : "%c", *at);
}

__attribute__((format(printf, 1, 2))) static void note(const char *format, ...)
{
	va_list arguments;

	fputs("ext2tar: left out: ", stderr);
	print_path();
	fputs(": ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}

__attribute__((noreturn)) static void fail(const char *what, const char *why)
{
	fputs("ext2tar: ", stderr);
	print_path();
	fprintf(stderr, ": %s%s%s\n", what, why[0] == '\0' ? "" : ": ", why);
	exit(FAILED);
}

static void check(errcode_t code, const char *what)
{
	if (code != 0)
		fail(what, error_message(code));
}

static void *grown(void *memory, size_t size)
{
	void *larger = realloc(memory, size);

	if (larger == NULL)
		fail("no memory", "");
	return larger;
}

/* ---- What a file holds. ---- */

/* Blocks with data; where a file has none there is a hole. */
struct run {
	uint64_t first, block, count; /* in the file; on the disk */
};

struct map {
	struct run *runs;
	size_t count, room;
	uint64_t blocks; /* of the file: what is beyond its end is not read */
};

static void add_run(struct map *map, uint64_t first, uint64_t block, uint64_t count)
{
	struct run *last = map->runs + map->count - 1;

	if (first >= map->blocks || block == 0)
		return;
	if (count > map->blocks - first)
		count = map->blocks - first;
	if (map->count > 0 && first < last->first + last->count)
		fail("its blocks overlap", "");
	if (map->count > 0 && first == last->first + last->count &&
	    block == last->block + last->count) {
		last->count += count;
		return;
	}
	if (map->count == map->room) {
		map->room = map->room * 2 + 16;
		map->runs = grown(map->runs, map->room * sizeof *map->runs);
	}
	map->runs[map->count++] = (struct run){ first, block, count };
}

static int add_block(ext2_filsys same, blk64_t *block, e2_blkcnt_t first, blk64_t of, int at,
		     void *map)
{
	(void)same, (void)of, (void)at;
	add_run(map, first, *block, 1);
	return 0;
}

/* Extents that are allocated but were never written read as zeros: they become holes. */
static void map_blocks(struct map *map, ext2_ino_t ino, struct ext2_inode *inode)
{
	ext2_extent_handle_t handle;
	struct ext2fs_extent extent;
	errcode_t code;

	if (!(inode->i_flags & EXT4_EXTENTS_FL)) {
		check(ext2fs_block_iterate3(fs, ino, BLOCK_FLAG_READ_ONLY | BLOCK_FLAG_DATA_ONLY,
					    NULL, add_block, map),
		      "cannot read its block map");
		return;
	}
	check(ext2fs_extent_open2(fs, ino, inode, &handle), "cannot read its extents");
	code = ext2fs_extent_get(handle, EXT2_EXTENT_ROOT, &extent);
	for (; code == 0; code = ext2fs_extent_get(handle, EXT2_EXTENT_NEXT, &extent))
		if ((extent.e_flags & EXT2_EXTENT_FLAGS_LEAF) &&
		    !(extent.e_flags & EXT2_EXTENT_FLAGS_UNINIT))
			add_run(map, extent.e_lblk, extent.e_pblk, extent.e_len);
	if (code != EXT2_ET_EXTENT_NO_NEXT && code != EXT2_ET_NO_CURRENT_NODE)
		check(code, "cannot read its extents");
	ext2fs_extent_free(handle);
}

static void write_header(void)
{
	/* A warning is for a name that is not ASCII. */
	if (archive_write_header(tar, entry) < ARCHIVE_WARN)
		fail("cannot write the tar", archive_error_string(tar));
}

static void write_data(const char *data, uint64_t bytes)
{
	if (archive_write_data(tar, data, bytes) != (la_ssize_t)bytes)
		fail("cannot write the tar", archive_error_string(tar));
}

/* The format leaves out what it was told is a hole, but wants to be given it. */
static void write_hole(uint64_t bytes)
{
	for (; bytes > CHUNK; bytes -= CHUNK)
		write_data(zeros, CHUNK);
	write_data(zeros, bytes);
}

static void write_blocks(ext2_ino_t ino, struct ext2_inode *inode, uint64_t size)
{
	struct map map = { .blocks = (size + fs->blocksize - 1) / fs->blocksize };
	uint64_t mapped = 0, done = 0;

	map_blocks(&map, ino, inode);
	for (size_t i = 0; i < map.count; i++)
		mapped += map.runs[i].count;
	for (size_t i = 0; i < map.count && mapped < map.blocks; i++) {
		uint64_t from = map.runs[i].first * fs->blocksize,
			 length = map.runs[i].count * fs->blocksize;

		archive_entry_sparse_add_entry(entry, from,
					       length < size - from ? length : size - from);
	}
	if (map.count == 0 && size > 0)
		archive_entry_sparse_add_entry(entry, size, 0);
	write_header();
	for (size_t i = 0; i < map.count; i++) {
		struct run *run = &map.runs[i];

		write_hole(run->first * fs->blocksize - done);
		done = run->first * fs->blocksize;
		while (run->count > 0) {
			uint64_t blocks = run->count < CHUNK / fs->blocksize
						  ? run->count
						  : CHUNK / fs->blocksize;
			uint64_t bytes = blocks * fs->blocksize < size - done
						 ? blocks * fs->blocksize
						 : size - done;

			check(io_channel_read_blk64(fs->io, run->block, blocks, chunk),
			      "cannot read its blocks");
			write_data(chunk, bytes);
			done += bytes;
			run->block += blocks;
			run->count -= blocks;
		}
	}
	write_hole(size - done);
	free(map.runs);
}

/* Data within the inode; where the file is longer, the rest is a hole. */
static void write_inline(ext2_ino_t ino, struct ext2_inode *inode, uint64_t size)
{
	char data[EXT2_MAX_BLOCK_SIZE];
	size_t length = 0;

	check(ext2fs_inline_data_size(fs, ino, &length), "cannot read the data in its inode");
	if (length > sizeof data)
		fail("is damaged: there is more data in its inode than there is room", "");
	check(ext2fs_inline_data_get(fs, ino, inode, data, &length),
	      "cannot read the data in its inode");
	if (length > size)
		length = size;
	if (length < size)
		archive_entry_sparse_add_entry(entry, 0, length);
	write_header();
	write_data(data, length);
	write_hole(size - length);
}

static void write_file(ext2_ino_t ino, struct ext2_inode *inode)
{
	uint64_t size = EXT2_I_SIZE(inode);

	archive_entry_set_size(entry, size);
	if (inode->i_flags & EXT4_INLINE_DATA_FL)
		write_inline(ino, inode, size);
	else
		write_blocks(ino, inode, size);
}

static void write_symlink(ext2_ino_t ino, struct ext2_inode *inode)
{
	char target[EXT2_MAX_BLOCK_SIZE + 1] = "";
	uint64_t size = EXT2_I_SIZE(inode);
	ext2_file_t file;
	unsigned length = 0;

	if (ext2fs_is_fast_symlink(inode)) {
		memcpy(target, inode->i_block, sizeof inode->i_block);
	} else {
		check(ext2fs_file_open2(fs, ino, inode, 0, &file), "cannot read its target");
		check(ext2fs_file_read(file, target, sizeof target - 1, &length),
		      "cannot read its target");
		ext2fs_file_close(file);
	}
	if (strlen(target) != size)
		fail("is damaged: its target is of another length than it says", "");
	archive_entry_copy_symlink(entry, target);
	write_header();
}

/* ---- What else an inode says. ---- */

/* Of <linux/posix_acl_xattr.h>: a version (2), then entries of a tag, permissions and an id, little-endian. */
static void add_acl(int type, const unsigned char *value, size_t size)
{
	static const struct {
		unsigned tag;
		int kind;
	} kinds[] = {
		{ 0x01, ARCHIVE_ENTRY_ACL_USER_OBJ },  { 0x02, ARCHIVE_ENTRY_ACL_USER },
		{ 0x04, ARCHIVE_ENTRY_ACL_GROUP_OBJ }, { 0x08, ARCHIVE_ENTRY_ACL_GROUP },
		{ 0x10, ARCHIVE_ENTRY_ACL_MASK },      { 0x20, ARCHIVE_ENTRY_ACL_OTHER },
	};

	if (size < 4 || value[0] != 2 || size % 8 != 4)
		fail("has an ACL of an unknown form", "");
	for (const unsigned char *at = value + 4; at < value + size; at += 8) {
		unsigned tag = at[0] | at[1] << 8, permissions = at[2] | at[3] << 8;
		uint32_t id = at[4] | at[5] << 8 | at[6] << 16 | (uint32_t)at[7] << 24;
		size_t i = 0;

		while (i < sizeof kinds / sizeof *kinds && kinds[i].tag != tag)
			i++;
		if (i == sizeof kinds / sizeof *kinds)
			fail("has an ACL of an unknown form", "");
		bool named = kinds[i].kind == ARCHIVE_ENTRY_ACL_USER ||
			     kinds[i].kind == ARCHIVE_ENTRY_ACL_GROUP;

		archive_entry_acl_add_entry(entry, type, permissions, kinds[i].kind,
					    named ? (int)id : -1, NULL);
	}
}

/* libarchive writes any other character of an attribute's name in a way that GNU tar does not read. */
static bool is_plain(const char *name)
{
	while (*name > ' ' && *name <= '~')
		name++;
	return *name == '\0';
}

static int add_attribute(char *name, char *raw, size_t raw_size, void *handle)
{
	void *value;
	size_t size;

	(void)raw,
		(void)raw_size; /* an ACL as it is on the disk; ext2fs_xattr_get gives the usual form */
	if (strcmp(name, "system.data") == 0) /* the rest of a file that is within its inode */
		return 0;
	check(ext2fs_xattr_get(handle, name, &value, &size), "cannot read its attributes");
	if (strcmp(name, "system.posix_acl_access") == 0)
		add_acl(ARCHIVE_ENTRY_ACL_TYPE_ACCESS, value, size);
	else if (strcmp(name, "system.posix_acl_default") == 0)
		add_acl(ARCHIVE_ENTRY_ACL_TYPE_DEFAULT, value, size);
	else if (strcmp(name, "security.capability") == 0 ||
		 (strncmp(name, "user.", 5) == 0 && is_plain(name)))
		archive_entry_xattr_add_entry(entry, name, value, size);
	else
		note("its attribute %s", name);
	ext2fs_free_mem(&value);
	return 0;
}

static void add_attributes(ext2_ino_t ino)
{
	struct ext2_xattr_handle *handle;

	check(ext2fs_xattrs_open(fs, ino, &handle), "cannot read its attributes");
	check(ext2fs_xattrs_read(handle), "cannot read its attributes");
	check(ext2fs_xattrs_iterate(handle, add_attribute, handle), "cannot read its attributes");
	ext2fs_xattrs_close(&handle);
}

static void describe(ext2_ino_t ino, struct ext2_inode_large *inode)
{
	bool fine = ext2fs_inode_includes(ext2fs_inode_actual_size(inode), i_mtime_extra);
	uint32_t extra = fine ? inode->i_mtime_extra : 0;
	time_t seconds = __decode_extra_sec((int32_t)inode->i_mtime, extra);

	archive_entry_clear(entry);
	archive_entry_copy_pathname(entry, path);
	archive_entry_set_mode(entry, inode->i_mode);
	archive_entry_set_uid(entry, inode_uid(*inode));
	archive_entry_set_gid(entry, inode_gid(*inode));
	/* Before 1970 libarchive counts nanoseconds the wrong way. */
	archive_entry_set_mtime(entry, seconds, seconds < 0 ? 0 : __decode_extra_nsec(extra));
	add_attributes(ino);
}

struct seen {
	ext2_ino_t ino;
	char path[];
};

static int compare_seen(const void *a, const void *b)
{
	ext2_ino_t one = ((const struct seen *)a)->ino, other = ((const struct seen *)b)->ino;

	return (one > other) - (one < other);
}

/* Whether this file has been written under another name: then it becomes a link to that. */
static bool written_before(ext2_ino_t ino)
{
	struct seen *this = grown(NULL, sizeof *this + strlen(path) + 1);

	this->ino = ino;
	strcpy(this->path, path);
	struct seen **first = tsearch(this, &seen, compare_seen);

	if (first == NULL)
		fail("no memory", "");
	if (*first == this)
		return false;
	free(this);
	archive_entry_copy_hardlink(entry, (*first)->path);
	return true;
}

/* ---- The tree. ---- */

struct name {
	ext2_ino_t ino;
	char *text;
};

struct names {
	struct name *list;
	size_t count, room;
};

static int add_name(ext2_ino_t dir, int kind, struct ext2_dir_entry *found, int offset, int size,
		    char *block, void *arg)
{
	struct names *names = arg;
	int length = ext2fs_dirent_name_len(found);

	(void)dir, (void)kind, (void)offset, (void)size, (void)block;
	/* Not by their kind: for a folder within its inode the library gives that wrong. */
	if ((length == 1 && found->name[0] == '.') ||
	    (length == 2 && memcmp(found->name, "..", 2) == 0))
		return 0;
	if (names->count == names->room) {
		names->room = names->room * 2 + 16;
		names->list = grown(names->list, names->room * sizeof *names->list);
	}
	char *text = grown(NULL, length + 1);

	memcpy(text, found->name, length);
	text[length] = '\0';
	if (length == 0 || strlen(text) != (size_t)length || strchr(text, '/') != NULL)
		fail("is damaged: a name in it cannot be one", "");
	names->list[names->count++] = (struct name){ found->inode, text };
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->text,
		      ((const struct name *)b)->text); /* unsigned bytes, whatever the locale */
}

static void write_entry(ext2_ino_t ino);

static void write_folder(ext2_ino_t ino)
{
	struct names names = { 0 };
	size_t length = strlen(path);

	if (strcmp(path, hidden) == 0)
		return;
	check(ext2fs_dir_iterate2(fs, ino, 0, NULL, add_name, &names), "cannot read the folder");
	qsort(names.list, names.count, sizeof *names.list, compare_names);
	for (size_t i = 0; i < names.count; i++) {
		snprintf(path + length, sizeof path - length, "/%s", names.list[i].text);
		free(names.list[i].text);
		if (strlen(path) > LONGEST_PATH)
			fail("is damaged: its folders run in a circle", "");
		write_entry(names.list[i].ino);
		path[length] = '\0';
	}
	free(names.list);
}

static void write_entry(ext2_ino_t ino)
{
	struct ext2_inode_large large = { 0 };
	struct ext2_inode *inode = (struct ext2_inode *)&large;

	check(ext2fs_read_inode_full(fs, ino, inode, sizeof large), "cannot read its inode");
	if (inode->i_flags & EXT4_ENCRYPT_FL)
		fail("is encrypted, and its key is not in the image", "");
	if (inode->i_flags & EXT4_VERITY_FL)
		fail("is sealed with fs-verity, which a tar cannot carry", "");
	if (LINUX_S_ISSOCK(inode->i_mode) || LINUX_S_ISCHR(inode->i_mode) ||
	    LINUX_S_ISBLK(inode->i_mode)) {
		note(LINUX_S_ISSOCK(inode->i_mode) ? "a socket" : "a device node");
		return;
	}
	describe(ino, &large);
	if (inode->i_flags & (EXT2_IMMUTABLE_FL | EXT2_APPEND_FL))
		note("that it is %s",
		     inode->i_flags & EXT2_IMMUTABLE_FL ? "immutable" : "append-only");
	if (LINUX_S_ISDIR(inode->i_mode)) {
		write_header();
		write_folder(ino);
	} else if (inode->i_links_count > 1 && written_before(ino)) {
		write_header();
	} else if (LINUX_S_ISREG(inode->i_mode)) {
		write_file(ino, inode);
	} else if (LINUX_S_ISLNK(inode->i_mode)) {
		write_symlink(ino, inode);
	} else if (LINUX_S_ISFIFO(inode->i_mode)) {
		write_header();
	} else {
		fail("is damaged: it is of no known kind", "");
	}
}

int main(int argc, char **argv)
{
	char options[64];

	if (argc < 3 || argc > 4) {
		fputs("usage: ext2tar IMAGE OFFSET [HIDDEN] > TAR\n", stderr);
		return USAGE;
	}
	if (argc == 4)
		hidden = argv[3];
	initialize_ext2_error_table();
	chunk = grown(NULL, CHUNK);
	zeros = memset(grown(NULL, CHUNK), 0, CHUNK);
	snprintf(options, sizeof options, "offset=%s", argv[2]);
	check(ext2fs_open2(argv[1], options, EXT2_FLAG_64BITS, 0, 0, unix_io_manager, &fs),
	      "cannot open the file system");
	if (ext2fs_has_feature_journal_needs_recovery(fs->super))
		fail("its journal has to be replayed first", "e2fsck");

	tar = archive_write_new();
	entry = archive_entry_new();
	if (tar == NULL || entry == NULL)
		fail("no memory", "");
	archive_write_set_format_pax(tar);
	archive_write_set_bytes_per_block(tar, CHUNK);
	archive_write_set_bytes_in_last_block(tar, 1);
	if (archive_write_set_options(tar, "pax:xattrheader=SCHILY") != ARCHIVE_OK ||
	    archive_write_open_fd(tar, STDOUT_FILENO) != ARCHIVE_OK)
		fail("cannot write the tar", archive_error_string(tar));
	write_entry(EXT2_ROOT_INO);
	if (archive_write_close(tar) != ARCHIVE_OK)
		fail("cannot write the tar", archive_error_string(tar));
	return OK;
}
