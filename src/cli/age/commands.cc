// SPDX-License-Identifier: Apache-2.0
#include "cli/age/commands.h"

#include <array>

namespace vmcred::cli {
namespace {

using command::Command;
using command::Option;

constexpr Option k_output{"--output", "OUTPUT", "write to this file, not to standard output", "-o"};
constexpr Option k_passphrase_file{"--passphrase-file", "FILE", "take the passphrase from this file"};

constexpr std::array k_keygen_options{
    k_output,
    Option{"--pq", "", "make a post-quantum identity, age1pq1…; needs OpenSSL 3.5"},
    Option{"--convert", "", "print the recipients of the identity file INPUT", "-y"},
};
constexpr std::array k_encrypt_options{
    Option{"--recipient", "RECIPIENT", "who can open it: age1…, ssh-ed25519 …, ssh-rsa …; repeatable", "-r"},
    Option{"--recipients-file", "FILE", "a file of recipients, one to a line; repeatable", "-R"},
    Option{"--identity", "FILE", "a file of identities: whoever has it can open it; repeatable", "-i"},
    Option{"--passphrase", "", "whoever knows the passphrase can open it; asks for it", "-p"},
    k_passphrase_file,
    Option{"--armor", "", "write text", "-a"},
    k_output,
};
constexpr std::array k_decrypt_options{
    Option{"--identity", "FILE", "a file of identities, an SSH key, or one of them locked; repeatable", "-i"},
    Option{"--passphrase", "", "open it with a passphrase; asks for it (default: where there is no -i)",
           "-p"},
    k_passphrase_file,
    k_output,
};

constexpr std::array k_commands{
    Command{"age keygen", "[INPUT]", "Make a new identity", k_keygen_options, run_age_keygen},
    Command{"age encrypt", "[INPUT]", "Encrypt a file of any size, or standard input", k_encrypt_options,
            run_age_encrypt},
    Command{"age decrypt", "[INPUT]", "Decrypt a file, or standard input", k_decrypt_options,
            run_age_decrypt},
};

}  // namespace

std::span<const command::Command> age_commands() { return k_commands; }

}  // namespace vmcred::cli
