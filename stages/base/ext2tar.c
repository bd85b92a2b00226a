/*
 * ext2tar: writes the files of an ext2, ext3 or ext4 file system as a tar, without mounting it and
 * without any privilege.
 *
 *   ext2tar super IMAGE OFFSET
 *   ext2tar tar IMAGE OFFSET LIMIT [HIDDEN] > TAR
 *
 * OFFSET: where in IMAGE the file system begins, in bytes. LIMIT: bytes that the files may have
 * together, holes too. HIDDEN: a folder such as ./boot/firmware that is covered by a mount on the
 * running system; it is written, but nothing of what is in it.
 *
 * `super` prints what the superblock says, KEY=VALUE: numbers, and names of features that the
 * library knows; no text that somebody has put into it. clean=no: e2fsck has to look at it first.
 *
 * Whoever made the file system may have made it for harm, so nothing in it is believed: every loop
 * counts its steps, of which there are no more than LIMIT allows, a folder has one name, and
 * attributes are taken as they lie on the disk: ext2fs_xattr_get of e2fsprogs 1.47 reads beyond an
 * ACL of an odd length.
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
 *   cc -std=c11 -O2 -Wall -Wextra -Werror -o ext2tar ext2tar.c -lext2fs -le2p -lcom_err -larchive
 */
#define _XOPEN_SOURCE 700 /* tsearch */

#include <archive.h>
#include <archive_entry.h>
#include <e2p/e2p.h>
#include <ext2fs/ext2fs.h>
#include <search.h>
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
static void *seen;          /* struct seen: folders, and files that have more than one name */
static uint64_t bytes_left; /* that may be written */
static uint64_t limit;      /* the same, in the beginning */
static char *chunk, *zeros; /* CHUNK bytes each */

/* The path of the entry at hand, beginning with "." */
static char path[1 << 14] = ".";

/* ---- What is said. ---- */

/* A name may hold any byte: the others become octal numbers, so that a line stays a line. */
static void print_name(const char *name)
{
	for (const unsigned char *at = (const unsigned char *)name; *at != '\0'; at++)
		fprintf(stderr, *at < ' ' || *at > '~' || *at == '\\' ? "\\%03o" : "%c", *at);
}

static void note(const char *what, const char *name)
{
	fputs("ext2tar: left out: ", stderr);
	print_name(path);
	fprintf(stderr, ": %s", what);
	print_name(name);
	fputc('\n', stderr);
}

__attribute__((noreturn)) static void fail(const char *what, const char *why)
{
	fputs("ext2tar: ", stderr);
	print_name(path);
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

/* ---- What is too much. ---- */

/* What this many bytes of a file or a header are counted as, whatever else they have. */
enum { STEP = 512 };

static void spend(uint64_t bytes)
{
	char text[160];

	if (bytes <= bytes_left) {
		bytes_left -= bytes;
		return;
	}
	snprintf(text, sizeof text, "%llu bytes are allowed, holes too", (unsigned long long)limit);
	fail("is more than is allowed for all files together", text);
}

/* A step of a loop that the file system decides the length of. */
static void step(void)
{
	spend(STEP);
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
	uint64_t next;   /* the first block that may come next */
};

static void add_run(struct map *map, uint64_t first, uint64_t block, uint64_t count)
{
	struct run *last = map->count > 0 ? map->runs + map->count - 1 : NULL;

	if (first >= map->blocks || block == 0)
		return;
	if (count > map->blocks - first)
		count = map->blocks - first;
	if (last != NULL && first == last->first + last->count &&
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
	step();
	if (first < 0) /* a block of the map itself */
		return 0;
	if ((uint64_t)first >= ((struct map *)map)->blocks)
		return BLOCK_ABORT;
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
		check(ext2fs_block_iterate3(fs, ino, BLOCK_FLAG_READ_ONLY, NULL, add_block, map),
		      "cannot read its block map");
		return;
	}
	check(ext2fs_extent_open2(fs, ino, inode, &handle), "cannot read its extents");
	code = ext2fs_extent_get(handle, EXT2_EXTENT_ROOT, &extent);
	for (; code == 0; code = ext2fs_extent_get(handle, EXT2_EXTENT_NEXT, &extent)) {
		step();
		if (!(extent.e_flags & EXT2_EXTENT_FLAGS_LEAF))
			continue;
		if (extent.e_lblk < map->next)
			fail("is damaged: its blocks overlap", "");
		map->next = extent.e_lblk + extent.e_len;
		if (!(extent.e_flags & EXT2_EXTENT_FLAGS_UNINIT))
			add_run(map, extent.e_lblk, extent.e_pblk, extent.e_len);
	}
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

static uint64_t blocks_of(uint64_t size)
{
	return (size + fs->blocksize - 1) / fs->blocksize;
}

static void write_blocks(ext2_ino_t ino, struct ext2_inode *inode, uint64_t size)
{
	struct map map = { .blocks = blocks_of(size) };
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

	spend(size);
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

static unsigned number(const unsigned char *at, int bytes)
{
	unsigned value = 0;

	while (bytes-- > 0)
		value = value << 8 | at[bytes];
	return value;
}

/*
 * As it lies on the disk (fs/ext4/acl.h of Linux), little-endian: a version (1), then entries of a
 * tag and permissions, 2 bytes each, and 4 of an id where the tag is of a named user or group.
 */
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
	size_t at = 4;

	if (size < 4 || number(value, 4) != 1)
		fail("has an ACL of an unknown form", "");
	while (at < size) {
		size_t i = 0;

		if (size - at < 4)
			fail("has an ACL of an unknown form", "");
		while (i < sizeof kinds / sizeof *kinds && kinds[i].tag != number(value + at, 2))
			i++;
		if (i == sizeof kinds / sizeof *kinds)
			fail("has an ACL of an unknown form", "");
		bool named = kinds[i].kind == ARCHIVE_ENTRY_ACL_USER ||
			     kinds[i].kind == ARCHIVE_ENTRY_ACL_GROUP;
		size_t length = named ? 8 : 4;
		unsigned permissions = number(value + at + 2, 2);

		if (size - at < length || permissions > 7)
			fail("has an ACL of an unknown form", "");
		archive_entry_acl_add_entry(entry, type, permissions, kinds[i].kind,
					    named ? (int)number(value + at + 4, 4) : -1, NULL);
		at += length;
	}
}

/* libarchive writes any other character of an attribute's name in a way that GNU tar does not read. */
static bool is_plain(const char *name)
{
	while (*name > ' ' && *name <= '~')
		name++;
	return *name == '\0';
}

static int add_attribute(char *name, char *value, size_t size, void *handle)
{
	(void)handle;
	step();
	if (strcmp(name, "system.data") == 0) /* the rest of a file that is within its inode */
		return 0;
	if (strcmp(name, "system.posix_acl_access") == 0)
		add_acl(ARCHIVE_ENTRY_ACL_TYPE_ACCESS, (unsigned char *)value, size);
	else if (strcmp(name, "system.posix_acl_default") == 0)
		add_acl(ARCHIVE_ENTRY_ACL_TYPE_DEFAULT, (unsigned char *)value, size);
	else if (strcmp(name, "security.capability") == 0 ||
		 (strncmp(name, "user.", 5) == 0 && is_plain(name)))
		archive_entry_xattr_add_entry(entry, name, value, size);
	else
		note("its attribute ", name);
	return 0;
}

static void add_attributes(ext2_ino_t ino)
{
	struct ext2_xattr_handle *handle;

	unsigned raw = XATTR_HANDLE_FLAG_RAW;

	check(ext2fs_xattrs_open(fs, ino, &handle), "cannot read its attributes");
	check(ext2fs_xattrs_flags(handle, &raw, NULL), "cannot read its attributes");
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

/* The path that this file or folder was written under before, if it was. */
static const char *written_before(ext2_ino_t ino)
{
	struct seen *this = grown(NULL, sizeof *this + strlen(path) + 1);

	this->ino = ino;
	strcpy(this->path, path);
	struct seen **first = tsearch(this, &seen, compare_seen);

	if (first == NULL)
		fail("no memory", "");
	if (*first == this)
		return NULL;
	free(this);
	return (*first)->path;
}

/* Whether this file has been written under another name: then it becomes a link to that. */
static bool is_link(ext2_ino_t ino)
{
	const char *first = written_before(ino);

	if (first != NULL)
		archive_entry_copy_hardlink(entry, first);
	return first != NULL;
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
	step();
	if (found->inode == 0)
		return 0;
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

static void write_folder(ext2_ino_t ino, struct ext2_inode *inode)
{
	struct names names = { 0 };
	size_t length = strlen(path);

	if (strcmp(path, hidden) == 0)
		return;
	if (written_before(ino) != NULL)
		fail("is damaged: a folder cannot have two names", "");
	if (!(inode->i_flags & EXT4_INLINE_DATA_FL)) {
		/* The library would follow a map that runs in a circle. */
		struct map map = { .blocks = blocks_of(EXT2_I_SIZE(inode)) };

		spend(EXT2_I_SIZE(inode));
		map_blocks(&map, ino, inode);
		free(map.runs);
	}
	check(ext2fs_dir_iterate2(fs, ino, DIRENT_FLAG_INCLUDE_EMPTY, NULL, add_name, &names),
	      "cannot read the folder");
	if (names.count > 0)
		qsort(names.list, names.count, sizeof *names.list, compare_names);
	for (size_t i = 1; i < names.count; i++)
		if (strcmp(names.list[i - 1].text, names.list[i].text) == 0)
			fail("is damaged: a name is in it twice", "");
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

	step();
	check(ext2fs_read_inode_full(fs, ino, inode, sizeof large), "cannot read its inode");
	if (inode->i_flags & EXT4_ENCRYPT_FL)
		fail("is encrypted, and its key is not in the image", "");
	if (inode->i_flags & EXT4_VERITY_FL)
		fail("is sealed with fs-verity, which a tar cannot carry", "");
	if (LINUX_S_ISSOCK(inode->i_mode) || LINUX_S_ISCHR(inode->i_mode) ||
	    LINUX_S_ISBLK(inode->i_mode)) {
		note(LINUX_S_ISSOCK(inode->i_mode) ? "a socket" : "a device node", "");
		return;
	}
	describe(ino, &large);
	if (inode->i_flags & (EXT2_IMMUTABLE_FL | EXT2_APPEND_FL))
		note("that it is ",
		     inode->i_flags & EXT2_IMMUTABLE_FL ? "immutable" : "append-only");
	if (LINUX_S_ISDIR(inode->i_mode)) {
		write_header();
		write_folder(ino, inode);
	} else if (inode->i_links_count > 1 && is_link(ino)) {
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

/* ---- The two that can be asked for. ---- */

static void print_features(void)
{
	const char *between = "";

	for (int set = 0; set < 3; set++) {
		uint32_t bits = ((uint32_t *)&fs->super->s_feature_compat)[set];

		for (uint32_t bit = 1; bit != 0; bit <<= 1)
			if (bits & bit) {
				printf("%s%s", between, e2p_feature2string(set, bit));
				between = " ";
			}
	}
}

static int print_super(void)
{
	const struct ext2_super_block *super = fs->super;
	uint64_t blocks = ext2fs_blocks_count(fs->super),
		 unused = ext2fs_free_blocks_count(fs->super);
	bool clean = (super->s_state & EXT2_VALID_FS) && !(super->s_state & EXT2_ERROR_FS) &&
		     !ext2fs_has_feature_journal_needs_recovery(fs->super);

	printf("clean=%s\n", clean ? "yes" : "no");
	printf("root_features=");
	print_features();
	printf("\nroot_block_bytes=%u\n", fs->blocksize);
	printf("root_inode_bytes=%u\n", EXT2_INODE_SIZE(super));
	printf("root_used_bytes=%llu\n",
	       (unsigned long long)(unused < blocks ? blocks - unused : 0) * fs->blocksize);
	return OK;
}

static int write_tar(void)
{
	chunk = grown(NULL, CHUNK);
	zeros = memset(grown(NULL, CHUNK), 0, CHUNK);
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

static void open_file_system(const char *image, const char *offset)
{
	char options[64];

	initialize_ext2_error_table();
	snprintf(options, sizeof options, "offset=%s", offset);
	check(ext2fs_open2(image, options, EXT2_FLAG_64BITS, 0, 0, unix_io_manager, &fs),
	      "cannot open the file system");
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "super") == 0) {
		open_file_system(argv[2], argv[3]);
		return print_super();
	}
	if ((argc == 5 || argc == 6) && strcmp(argv[1], "tar") == 0) {
		limit = bytes_left = strtoull(argv[4], NULL, 10);
		if (argc == 6)
			hidden = argv[5];
		open_file_system(argv[2], argv[3]);
		return write_tar();
	}
	fputs("usage: ext2tar super IMAGE OFFSET\n"
	      "       ext2tar tar IMAGE OFFSET LIMIT [HIDDEN] > TAR\n",
	      stderr);
	return USAGE;
}
