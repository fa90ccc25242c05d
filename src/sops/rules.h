// SPDX-License-Identifier: Apache-2.0
// Which values of a document are encrypted. A rule looks at every key on the way to a value, or at the
// comments before it. Regular expressions are RE2's and match anywhere in the text.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vmcred::sops {

struct Rule {
  enum class Kind : std::uint8_t {
    none,  // as `unencrypted_suffix: _unencrypted`
    unencrypted_suffix,
    encrypted_suffix,
    unencrypted_regex,
    encrypted_regex,
    unencrypted_comment_regex,
    encrypted_comment_regex,
  };

  Kind kind = Kind::none;
  std::string pattern;

  bool operator==(const Rule&) const = default;
};

inline constexpr std::string_view k_default_unencrypted_suffix = "_unencrypted";

// For errors about regular expressions, here and in .sops.yaml.
inline constexpr std::string_view k_expressions_hint =
    "expressions are RE2's: no look-around, no back-references";

// The name of a rule's field, in the metadata and in .sops.yaml: "unencrypted_suffix". "" for Kind::none.
std::string_view field_name(Rule::Kind kind);

// The kinds that have a name.
std::span<const Rule::Kind> rule_kinds();

// A rule that is ready to be asked. Any number of threads may ask it at once.
class RuleMatcher {
 public:
  // Fails with a `generic` error for an expression that RE2 refuses.
  static base::Result<RuleMatcher> compile(const Rule& rule);
  RuleMatcher(RuleMatcher&&) noexcept;
  RuleMatcher& operator=(RuleMatcher&&) noexcept;
  ~RuleMatcher();

  // Does the rule look at comments? Else it looks at keys.
  bool reads_comments() const { return m_reads_comments; }

  // Is a match encrypted, and all else not? Else it is the other way round.
  bool encrypts_matches() const { return m_encrypts_matches; }

  // Does one key, or one comment, match? The library's own memory never holds the text.
  bool matches(std::string_view text) const;

 private:
  struct Expression;
  RuleMatcher();

  bool m_reads_comments = false;
  bool m_encrypts_matches = false;
  std::string m_suffix;
  std::unique_ptr<Expression> m_expression;
};

}  // namespace vmcred::sops
