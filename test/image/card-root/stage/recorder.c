/*
 * In the place of systemctl and of sync of a card, by their names: says on the console what it is
 * asked, behind a "+ ". systemctl: what is a matter of files alone is done by the card's own,
 * /mnt/systemctl. sync: without a file it would wait for all the disks of the machine that the
 * tests run on. A program of this machine, without libraries: a card asks often.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int count, char **words)
{
	const char *name = basename(words[0]);
	FILE *console = fopen("/mnt/console", "w"); /* of start.sh */
	int status = 0;

	fprintf(console, "+ %s", name);
	for (int i = 1; i < count; i++)
		fprintf(console, " %s", words[i]);
	fprintf(console, "\n");
	fclose(console);
	if (strcmp(name, "sync") == 0) {
		for (int i = 1; i < count; i++) {
			const int file = open(words[i], O_RDONLY);
			status |= file < 0 || fsync(file) != 0;
		}
		return status;
	}
	for (int i = 1; i < count; i++) {
		if (words[i][0] == '-')
			continue;
		if (strcmp(words[i], "enable") != 0 && strcmp(words[i], "disable") != 0 &&
		    strcmp(words[i], "is-enabled") != 0)
			return 0;
		execv("/mnt/systemctl", words);
		perror("/mnt/systemctl");
		return 1;
	}
	return 1;
}
