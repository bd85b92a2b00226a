/*
 * Loaded before QEMU (LD_PRELOAD), this gives the pages of a Raspberry Pi's machine the size that
 * Linux uses.
 *
 * QEMU's Arm machines have pages of 1 KiB unless they say otherwise, as `virt` does
 * (MachineClass.minimum_page_bits); its Raspberry Pis do not. When Linux unmaps one of its pages of
 * 4 KiB, QEMU then forgets where translated code is for the first of the four only
 * (tb_jmp_cache_clear_page, called by tlb_flush_range_by_mmuidx_async_0 in accel/tcg/cputlb.c). A
 * program that loads a library where another one lay runs the other one's code: jackd, which opens
 * one driver after the other, died of it in one of three starts. Seen with QEMU 10.0 and 11.1.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* Of QEMU itself, include/exec/page-vary.h: it counts only before a machine is made. */
extern bool set_preferred_target_page_bits(int bits);

enum { PAGE_BITS_4K = 12 };

__attribute__((constructor)) static void prefer_4k(void)
{
	/* What QEMU starts is not QEMU. */
	unsetenv("LD_PRELOAD");
	if (set_preferred_target_page_bits(PAGE_BITS_4K))
		return;
	fputs("pages: QEMU has settled the size of its pages already\n", stderr);
	exit(1);
}
