// SPDX-License-Identifier: Apache-2.0
#include "store/shell_words.h"

#include <optional>

namespace vmcred::store {
namespace {

bool is_blank(char letter) { return letter == ' ' || letter == '\t' || letter == '\n'; }

class Splitter {
 public:
  void take(char letter) {
    if (m_escaped) {
      if (m_quote == '"' && letter != '"' && letter != '\\' && letter != '$' && letter != '`') add('\\');
      add(letter);
      m_escaped = false;
    } else if (letter == '\\' && m_quote != '\'') {
      m_escaped = true;
    } else if (m_quote != '\0') {
      letter == m_quote ? open('\0') : add(letter);
    } else if (letter == '\'' || letter == '"') {
      open(letter);
    } else if (is_blank(letter)) {
      end_word();
    } else {
      add(letter);
    }
  }

  bool is_open() const { return m_escaped || m_quote != '\0'; }

  std::vector<std::string> words() && {
    end_word();
    return std::move(m_words);
  }

 private:
  void add(char letter) {
    if (!m_word) m_word.emplace();
    *m_word += letter;
  }
  void open(char quote) {
    if (!m_word) m_word.emplace();
    m_quote = quote;
  }
  void end_word() {
    if (m_word) m_words.push_back(*std::move(m_word));
    m_word.reset();
  }

  std::vector<std::string> m_words;
  std::optional<std::string> m_word;
  char m_quote = '\0';
  bool m_escaped = false;
};

}  // namespace

base::Result<std::vector<std::string>> split_words(std::string_view text) {
  Splitter splitter;
  for (const char letter : text) splitter.take(letter);
  if (splitter.is_open())
    return base::Error{.kind = base::ErrorKind::config,
                       .what = "a quote is not closed",
                       .hint = "close it, or put a backslash before it"};
  return std::move(splitter).words();
}

}  // namespace vmcred::store
