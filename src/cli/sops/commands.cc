// SPDX-License-Identifier: Apache-2.0
#include "cli/sops/commands.h"

#include <array>

#include "sops/failure.h"

namespace vmcred::cli {
namespace {

using command::Command;
using command::Option;

constexpr Option k_in_place{"--in-place", "", "write the result into FILE itself", "-i"};
constexpr Option k_output{"--output", "OUT", "write the result into this file, not to standard output"};
constexpr Option k_input_type{"--input-type", "TYPE",
                              "json, yaml, dotenv or binary (default: by FILE's name)"};
constexpr Option k_output_type{"--output-type", "TYPE",
                               "the format of the result (default: that of the input)"};
constexpr Option k_filename_override{"--filename-override", "NAME",
                                     "take the format, and the rule of .sops.yaml, of a file of this name"};
constexpr Option k_config{"--config", "FILE",
                          "the creation rules (default: $SOPS_CONFIG, else .sops.yaml here or above)"};
constexpr Option k_ignore_mac{"--ignore-mac", "",
                              "take a file although its values are not those that were written"};
constexpr Option k_yes{"--yes", "", "don't ask", "-y"};
constexpr Option k_threshold{"--shamir-secret-sharing-threshold", "N",
                             "how many key groups it takes to open the file"};

constexpr std::array k_encrypt_options{
    k_in_place,
    k_output,
    k_input_type,
    k_output_type,
    k_filename_override,
    k_config,
    Option{"--age", "RECIPIENTS",
           "who can open it, with commas between (default: $SOPS_AGE_RECIPIENTS, .sops.yaml)", "-a"},
    Option{"--unencrypted-suffix", "TEXT", "keys that end so are left open (default: _unencrypted)"},
    Option{"--encrypted-suffix", "TEXT", "only keys that end so are encrypted"},
    Option{"--unencrypted-regex", "REGEX", "keys that match are left open"},
    Option{"--encrypted-regex", "REGEX", "only keys that match are encrypted"},
    Option{"--unencrypted-comment-regex", "REGEX", "what follows a comment that matches is left open"},
    Option{"--encrypted-comment-regex", "REGEX", "only what follows a comment that matches is encrypted"},
    Option{"--mac-only-encrypted", "", "let open values change without breaking the seal over the file"},
    k_threshold,
};
constexpr std::array k_decrypt_options{
    k_in_place,          k_output,
    k_input_type,        k_output_type,
    k_filename_override, k_config,
    k_ignore_mac,        Option{"--extract", "PATH", "print one value: '[\"key\"][0]'"},
};
constexpr std::array k_edit_options{k_input_type, k_output_type, k_config, k_ignore_mac};
constexpr std::array k_set_options{
    k_input_type,
    k_output_type,
    k_config,
    k_ignore_mac,
    Option{"--value-file", "", "VALUE is the name of a file that holds the value"},
    Option{"--value-stdin", "", "read the value from standard input"},
    Option{"--idempotent", "", "leave the file as it is where the value is there already"},
};
constexpr std::array k_unset_options{
    k_input_type,
    k_output_type,
    k_config,
    k_ignore_mac,
    Option{"--idempotent", "", "leave the file as it is where there is no such value"},
};
constexpr std::array k_updatekeys_options{k_yes, k_input_type, k_config, k_threshold};
constexpr std::array k_rotate_options{
    k_in_place,
    k_output,
    k_input_type,
    k_output_type,
    k_filename_override,
    k_config,
    k_ignore_mac,
    Option{"--add-age", "RECIPIENTS", "who can open it from now on as well, with commas between"},
    Option{"--rm-age", "RECIPIENTS", "who can't open it any longer, with commas between"},
};
constexpr std::array k_filestatus_options{k_input_type};

// Every failure that the sops program has no number of its own for is its 1.
int exit_status(const base::Error& error) {
  const sops::Failure failure = sops::failure_of(error);
  return static_cast<int>(failure == sops::Failure::none ? sops::Failure::generic : failure);
}

constexpr std::array k_commands{
    Command{"sops encrypt", "[FILE]", "Encrypt a file's values, or standard input", k_encrypt_options,
            run_sops_encrypt, exit_status},
    Command{"sops decrypt", "[FILE]", "Decrypt a file, or standard input", k_decrypt_options,
            run_sops_decrypt, exit_status},
    Command{"sops edit", "[FILE]", "Edit an encrypted file, or begin one", k_edit_options, run_sops_edit,
            exit_status},
    Command{"sops set", "[FILE] [PATH] [VALUE]", "Change one value of an encrypted file", k_set_options,
            run_sops_set, exit_status},
    Command{"sops unset", "[FILE] [PATH]", "Take one value out of an encrypted file", k_unset_options,
            run_sops_unset, exit_status},
    Command{"sops updatekeys", "[FILE...]", "Let those open files whom .sops.yaml names now",
            k_updatekeys_options, run_sops_updatekeys, exit_status},
    Command{"sops rotate", "[FILE]", "Encrypt a file anew, under a new data key", k_rotate_options,
            run_sops_rotate, exit_status},
    Command{"sops filestatus", "[FILE]", "Tell whether a file is encrypted, as JSON", k_filestatus_options,
            run_sops_filestatus, exit_status},
};

}  // namespace

std::span<const command::Command> sops_commands() { return k_commands; }

}  // namespace vmcred::cli
