# SPDX-License-Identifier: Apache-2.0
# Where a hypervisor enters an ELF kernel with a PVH note: 32-bit protected mode, EBX = start_info.
    .section .note.Xen, "a", @note
    .long 4, 4, 18              # XEN_ELFNOTE_PHYS32_ENTRY
    .asciz "Xen"
    .long enter_pvh

    .section .text.start, "ax"
    .code32
    .globl enter_pvh
enter_pvh:
    cld
    mov $stack_end, %esp
    push %ebx
    call start_pvh

    .bss
    .balign 16
    .skip 4096
stack_end:
