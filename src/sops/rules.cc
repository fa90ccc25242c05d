// SPDX-License-Identifier: Apache-2.0
#include "sops/rules.h"

#include <re2/re2.h>
#include <array>
#include <utility>

#include "base/text.h"
#include "sops/failure.h"

namespace vmcred::sops {
namespace {

constexpr std::array k_kinds = {
    Rule::Kind::unencrypted_suffix,        Rule::Kind::encrypted_suffix,
    Rule::Kind::unencrypted_regex,         Rule::Kind::encrypted_regex,
    Rule::Kind::unencrypted_comment_regex, Rule::Kind::encrypted_comment_regex,
};

bool is_suffix(Rule::Kind kind) {
  return kind == Rule::Kind::none || kind == Rule::Kind::unencrypted_suffix ||
         kind == Rule::Kind::encrypted_suffix;
}

}  // namespace

struct RuleMatcher::Expression {
  explicit Expression(const std::string& pattern) : regex(pattern, options()) {}

  // Bytes that are no UTF-8 may stand in values of any format; they match '.' alone.
  static RE2::Options options() {
    RE2::Options options;
    options.set_log_errors(false);
    return options;
  }

  RE2 regex;
};

RuleMatcher::RuleMatcher() = default;
RuleMatcher::RuleMatcher(RuleMatcher&&) noexcept = default;
RuleMatcher& RuleMatcher::operator=(RuleMatcher&&) noexcept = default;
RuleMatcher::~RuleMatcher() = default;

std::string_view field_name(Rule::Kind kind) {
  switch (kind) {
    case Rule::Kind::unencrypted_suffix:
      return "unencrypted_suffix";
    case Rule::Kind::encrypted_suffix:
      return "encrypted_suffix";
    case Rule::Kind::unencrypted_regex:
      return "unencrypted_regex";
    case Rule::Kind::encrypted_regex:
      return "encrypted_regex";
    case Rule::Kind::unencrypted_comment_regex:
      return "unencrypted_comment_regex";
    case Rule::Kind::encrypted_comment_regex:
      return "encrypted_comment_regex";
    case Rule::Kind::none:
      break;
  }
  return "";
}

std::span<const Rule::Kind> rule_kinds() { return k_kinds; }

base::Result<RuleMatcher> RuleMatcher::compile(const Rule& rule) {
  RuleMatcher matcher;
  matcher.m_reads_comments =
      rule.kind == Rule::Kind::unencrypted_comment_regex || rule.kind == Rule::Kind::encrypted_comment_regex;
  matcher.m_encrypts_matches = rule.kind == Rule::Kind::encrypted_suffix ||
                               rule.kind == Rule::Kind::encrypted_regex ||
                               rule.kind == Rule::Kind::encrypted_comment_regex;
  if (is_suffix(rule.kind)) {
    matcher.m_suffix =
        rule.kind == Rule::Kind::none ? std::string(k_default_unencrypted_suffix) : rule.pattern;
    return matcher;
  }
  matcher.m_expression = std::make_unique<Expression>(rule.pattern);
  if (!matcher.m_expression->regex.ok())
    return failed(Failure::generic,
                  base::concat(field_name(rule.kind), " ", base::quoted(rule.pattern),
                               " is no regular expression: ", matcher.m_expression->regex.error()),
                  std::string(k_expressions_hint));
  return matcher;
}

bool RuleMatcher::matches(std::string_view text) const {
  if (!m_expression) return text.ends_with(m_suffix);
  return RE2::PartialMatch(text, m_expression->regex);
}

}  // namespace vmcred::sops
