// SPDX-License-Identifier: Apache-2.0
// A guest that tells on its serial port what its hypervisor has handed over, and powers off: the command
// line, the initrd, and the OEM strings of SMBIOS. It needs no operating system, so that it runs in any
// hypervisor within milliseconds, also where the processor's kernel mode is emulated slowly.
//
// It is compiled twice, for 32 and for 64 bits, as hypervisors enter a kernel in either mode.
//
// It prints lines: "cmdline TEXT", "initrd HEX" (its first 80 KiB), "oem TEXT", "end". With "probe=quiet" on
// its command line it says "end" alone, and goes on running. Sources: the PVH boot ABI (Xen's start_info.h),
// the x86 boot protocol of Linux (zero-page), SMBIOS 3.x sections 5.2 and 7.12.
#include <stdint.h>

static inline void out_byte(uint16_t port, uint8_t value) {
  __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}
// A hypervisor's serial port is ready at any time: to ask it would only take as long again.
enum { k_serial = 0x3f8 };

static void put(char c) { out_byte(k_serial, (uint8_t)c); }

static void put_text(const char* text) {
  for (; *text != '\0'; ++text) put(*text);
}

static void put_hex(const uint8_t* bytes, uint32_t size) {
  static const char digits[] = "0123456789abcdef";
  for (uint32_t i = 0; i < size; ++i) {
    put(digits[bytes[i] >> 4]);
    put(digits[bytes[i] & 15]);
  }
}

// The credentials are before this; what follows is the program that comes with them, and takes long to print.
enum { k_most_initrd_bytes = 80 * 1024 };

static void tell_boot(const char* command_line, const uint8_t* initrd, uint32_t initrd_size) {
  put_text("cmdline ");
  put_text(command_line);
  put_text("\ninitrd ");
  put_hex(initrd, initrd_size < k_most_initrd_bytes ? initrd_size : k_most_initrd_bytes);
  put('\n');
}

static int starts_with(const uint8_t* place, const char* text) {
  for (; *text != '\0'; ++place, ++text)
    if (*place != (uint8_t)*text) return 0;
  return 1;
}

static uint32_t u16_at(const uint8_t* place) { return place[0] | (uint32_t)place[1] << 8; }
static uint32_t u32_at(const uint8_t* place) { return u16_at(place) | u16_at(place + 2) << 16; }

static void tell_strings(const uint8_t* structure) {
  for (const char* text = (const char*)structure + structure[1]; *text != '\0'; ++text) {
    put_text("oem ");
    for (; *text != '\0'; ++text) put(*text);
    put('\n');
  }
}

static const uint8_t* after(const uint8_t* structure) {
  const uint8_t* end = structure + structure[1];
  while (end[0] != 0 || end[1] != 0) ++end;
  return end + 2;
}

enum { k_type_oem_strings = 11, k_type_end = 127, k_header_bytes = 4 };

static void tell_table(const uint8_t* table, uint32_t size) {
  const uint8_t* const end = table + size;
  while (table + k_header_bytes <= end && table[1] >= k_header_bytes && table[0] != k_type_end) {
    if (table[0] == k_type_oem_strings) tell_strings(table);
    table = after(table);
  }
}

static void tell_smbios(void) {
  for (uint32_t place = 0xF0000; place < 0x100000; place += 16) {
    const uint8_t* entry = (const uint8_t*)(uintptr_t)place;
    if (starts_with(entry, "_SM3_")) {
      tell_table((const uint8_t*)(uintptr_t)u32_at(entry + 16), u32_at(entry + 12));
      return;
    }
    if (starts_with(entry, "_SM_")) {
      tell_table((const uint8_t*)(uintptr_t)u32_at(entry + 24), u16_at(entry + 22));
      return;
    }
  }
}

// Each hypervisor listens for one of these; the others pass unnoticed.
static void power_off(void) {
  out_byte(0x600, 0x34);  // ACPI sleep control of cloud-hypervisor: S5
  out_byte(0x64, 0xfe);   // reset by the keyboard's controller
  out_byte(0x604, 0x00);  // ACPI PM1a control of QEMU's q35: S5
  out_byte(0x605, 0x20);
}

static int is_quiet(const char* command_line) {
  for (; *command_line != '\0'; ++command_line)
    if (starts_with((const uint8_t*)command_line, "probe=quiet")) return 1;
  return 0;
}

static void tell(const char* command_line, const uint8_t* initrd, uint32_t initrd_size) {
  if (command_line == 0) command_line = "";
  const int quiet = is_quiet(command_line);
  if (!quiet) {
    tell_boot(command_line, initrd, initrd_size);
    tell_smbios();
  }
  put_text("end\n");
  if (!quiet) power_off();
  for (;;) __asm__ volatile("cli; hlt");
}

// The start_info that a hypervisor passes in EBX to a PVH guest.
struct start_info {
  uint32_t magic, version, flags, module_count;
  uint64_t modules, command_line;
};
struct module {
  uint64_t address, size;
};

void start_pvh(const struct start_info* info) {
  const char* command_line = (const char*)(uintptr_t)info->command_line;
  const struct module* initrd = (const struct module*)(uintptr_t)info->modules;
  tell(command_line, info->module_count == 0 ? 0 : (const uint8_t*)(uintptr_t)initrd->address,
       info->module_count == 0 ? 0 : (uint32_t)initrd->size);
}

// The boot parameters of Linux, or its setup header in place: their offsets are the same.
void start_linux(const uint8_t* parameters) {
  const char* command_line = (const char*)(uintptr_t)u32_at(parameters + 0x228);
  tell(command_line, (const uint8_t*)(uintptr_t)u32_at(parameters + 0x218), u32_at(parameters + 0x21c));
}
