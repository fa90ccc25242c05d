# SPDX-License-Identifier: Apache-2.0
# The same probe in the form of a bzImage, for hypervisors that start nothing else. Source: the x86 boot
# protocol of Linux. Three ways lead in: real mode (setup code), and the 32-bit and the 64-bit entry of the
# protected part, 0x200 bytes after each other.
    .equ protected_at, 0x100000
    .equ code_selector, 0x08
    .equ data_selector, 0x10

    .section .setup, "awx"
    .code16
    .org 0x1f1
    .byte 1                     # setup_sects: one, after the boot sector
    .word 0
    .long protected_paragraphs  # syssize
    .word 0, 0, 0
    .word 0xaa55                # boot_flag
    .byte 0xeb, enter_real - . - 1  # a short jump
    .ascii "HdrS"
    .word 0x020f                # version
    .long 0                     # realmode_swtch
    .word 0, 0
    .byte 0                     # type_of_loader
    .byte 1                     # loadflags: LOADED_HIGH
    .word 0
    .long protected_at          # code32_start
    .long 0, 0, 0               # ramdisk_image, ramdisk_size, bootsect_kludge
    .word 0
    .byte 0, 0
    .long 0                     # cmd_line_ptr
    .long 0x7fffffff            # initrd_addr_max
    .long 0x1000                # kernel_alignment
    .byte 1, 12                 # relocatable_kernel, min_alignment
    .word 1                     # xloadflags: XLF_KERNEL_64
    .long 2047                  # cmdline_size
    .long 0
    .quad 0
    .long 0, 0                  # payload
    .quad 0                     # setup_data
    .quad protected_at          # pref_address
    .long 0x20000               # init_size
    .long 0, 0

enter_real:
    cli
    call 1f                     # the header may be at CS, or 0x200 bytes before it
1:  pop %bx
    sub $1b, %bx
    mov %cs, %ax
    sar $4, %bx
    add %bx, %ax
    mov %ax, %ds
    movzwl %ax, %esi
    shl $4, %esi                # where the header is, as the boot parameters would be
    lea gdt(%esi), %eax
    mov %eax, gdt_pointer + 2
    lgdtl gdt_pointer
    mov %cr0, %eax
    or $1, %al
    mov %eax, %cr0
    ljmpl $code_selector, $protected_at

    .balign 8
gdt:
    .quad 0
    .quad 0x00cf9b000000ffff    # 32-bit code, all of the memory
    .quad 0x00cf93000000ffff    # data
gdt_pointer:
    .word gdt_pointer - gdt - 1
    .long 0
    .org 0x400

    .section .text.start, "ax"
    .code32
    mov $data_selector, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    cld
    mov $stack_end, %esp
    push %esi                   # the boot parameters
    call start_linux

    .org 0x200
    .code64
    cld
    lea stack_end(%rip), %rsp
    mov %rsi, %rdi              # the boot parameters
    call start_linux_64

    .bss
    .balign 16
    .skip 4096
stack_end:
